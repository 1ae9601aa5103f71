from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from muvisync.chords import Key, chord_pitch_classes, join_chord, parse_chord, parse_key
from muvisync.transcribe.harmony import Segment
from muvisync.transcribe.key import notes_to_key
from muvisync.transcribe.notes import NOTE, empty_notes

PROGRESSIONS = {
    "major": ((0, "maj"), (9, "min"), (5, "maj"), (7, "7"), (0, "maj")),
    "minor": ((0, "min"), (8, "maj"), (5, "min"), (7, "7"), (0, "min")),
}


def to_segments(labels: list[str]) -> list[Segment]:
    return [Segment(2.0 * i, 2.0 * i + 2, label, label, 1.0) for i, label in enumerate(labels)]


def to_notes(segments: list[Segment]) -> np.ndarray:
    rows = [(s.start, s.end, 60 + pitch, 90) for s in segments for pitch in chord_pitch_classes(s.chord)]
    return np.array(sorted(rows), NOTE)


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_keys_of_cadences(tonic: int, mode: str):
    segments = to_segments([join_chord(tonic + step, quality) for step, quality in PROGRESSIONS[mode]])
    by_notes, by_both = notes_to_key(to_notes(segments)), notes_to_key(to_notes(segments), None, segments)
    assert by_notes.key == by_both.key == Key(tonic, mode)
    assert 0 < by_both.confidence < 1


def test_first_and_last_chord_part_relatives():
    """The same four chords, once around C and once around A minor."""
    major, minor = to_segments(["C", "F", "G", "A:min", "C"]), to_segments(["A:min", "F", "G", "C", "A:min"])
    assert str(notes_to_key(to_notes(major), None, major).key) == "C major"
    assert str(notes_to_key(to_notes(minor), None, minor).key) == "A minor"


def test_sharps_only():
    segments = to_segments(["D#", "G#", "A#:7", "D#"])
    assert str(notes_to_key(to_notes(segments), None, segments).key) == "D# major"


def test_nothing_to_go_by():
    assert notes_to_key(empty_notes(), np.full(12, 1 / 12)) is None
    assert notes_to_key(np.array([(i, i + 1, 60 + i, 90) for i in range(12)], NOTE)) is None


def test_published_songs_by_their_chords_alone(muvi_sync_mini: Path):
    right = 0
    paths = sorted((muvi_sync_mini / "vevo_chord/lab_v2/all").glob("*.lab"))
    for path in paths:
        key = parse_key(path.read_text().splitlines()[0].removeprefix("key "))
        lines = (muvi_sync_mini / "vevo_chord/lab/all" / path.name).read_text().splitlines()
        rows = [line.split() for line in lines if line and not line.startswith("key")]
        segments = [Segment(float(a), float(b), parse_chord(label), label, 1.0) for a, b, label in rows]
        right += notes_to_key(empty_notes(), None, segments).key == key
    assert right >= 0.85 * len(paths)
