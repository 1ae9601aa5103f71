"""The chord vocabulary is the published one, and transposing is exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvisync.chords import (
    CHORDS,
    END,
    INTERVALS,
    PAD,
    QUALITIES,
    ROOTS,
    Key,
    chord_pitch_classes,
    chord_to_id,
    denormalise,
    id_to_chord,
    normalise,
    parse_chord,
    parse_key,
    split_chord,
    transpose,
)
from muvisync.files import read_json


def test_ids_are_those_of_the_published_release(muvi_sync_mini: Path):
    published = read_json(muvi_sync_mini / "vevo_meta" / "chord.json")
    ours = {label: index for index, label in enumerate(CHORDS)}
    assert {label: index for label, index in published.items() if label in ours} == ours
    assert {index for label, index in published.items() if label not in ours} <= {END, PAD}
    inverse = read_json(muvi_sync_mini / "vevo_meta" / "chord_inv.json")
    assert all(inverse[str(index)] == label for label, index in ours.items())


def test_the_vocabulary_is_complete():
    assert (len(CHORDS), END, PAD, len(ROOTS), len(QUALITIES)) == (157, 157, 158, 12, 13)
    assert len(set(CHORDS)) == 157
    assert all(id_to_chord(chord_to_id(label)) == label for label in CHORDS)
    assert len({tuple(sorted(steps)) for steps in INTERVALS.values()}) == 13


@pytest.mark.parametrize("label", ["", "H", "Db", "c", "C:maj", "N:maj", "C:9", "END"])
def test_other_labels_have_no_id(label: str):
    with pytest.raises(ValueError, match="chord labels"):
        chord_to_id(label)


@pytest.mark.parametrize("index", [-1, END, PAD, 1000])
def test_other_ids_have_no_label(index: int):
    with pytest.raises(ValueError, match="not a chord id"):
        id_to_chord(index)


def test_splitting_and_pitch_classes():
    assert [split_chord(label) for label in ("N", "C", "A:min7")] == [("N", "N"), ("C", "maj"), ("A", "min7")]
    assert chord_pitch_classes("N") == ()
    assert chord_pitch_classes("A:min7") == (9, 0, 4, 7)
    assert chord_pitch_classes("B") == (11, 3, 6)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        *(("Am", "A:min"), ("Bb", "A#"), ("F#m7", "F#:min7"), ("C:maj7", "C:maj7"), ("N", "N"), (" G7 ", "G:7")),
        *(("Cb", "B"), ("E#", "F"), ("D6", "D:maj6"), ("Cm6", "C:min6"), ("DM7", "D:maj7"), ("Bø", "B:hdim7")),
        *(("Asus4", "A:sus4"), ("C:maj", "C"), ("Gaug", "G:aug")),
    ],
)
def test_chords_as_people_write_them(text: str, label: str):
    assert parse_chord(text) == label


@pytest.mark.parametrize("text", ["", "H", "a", "Cmajor7", "C/E", "N.C."])
def test_what_is_no_chord(text: str):
    with pytest.raises(ValueError, match="not a chord"):
        parse_chord(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("A minor", Key(9, "minor")), ("Eb major", Key(3, "major")), ("C", Key(0, "major")), ("Am", Key(9, "minor"))),
        *(("F#:min", Key(6, "minor")), (" b MAJOR ", Key(11, "major")), ("bb minor", Key(10, "minor"))),
        *(("AM", Key(9, "major")), ("c m", Key(0, "minor")), ("D Maj", Key(2, "major"))),
    ],
)
def test_keys_as_people_write_them(text: str, key: Key):
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["", "H minor", "A dorian", "minor", "A minor B"])
def test_what_is_no_key(text: str):
    with pytest.raises(ValueError, match="not a key"):
        parse_key(text)


def test_a_key_reads_back():
    keys = [Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    assert all(parse_key(str(key)) == key for key in keys)


def test_normalising_goes_to_c_major_and_a_minor_and_back():
    assert normalise("E", Key(4, "major")) == "C"
    assert normalise("E:min7", Key(4, "minor")) == "A:min7"
    assert normalise("N", Key(4, "minor")) == "N"
    for key in (Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")):
        assert all(denormalise(normalise(label, key), key) == label for label in CHORDS)


def test_transposing_moves_every_note():
    for label in CHORDS[1:]:
        moved = chord_pitch_classes(transpose(label, 5))
        assert moved == tuple((pitch + 5) % 12 for pitch in chord_pitch_classes(label))
    assert transpose(transpose("F#:sus2", -7), 7) == "F#:sus2"
