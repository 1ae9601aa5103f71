"""The published way, held against its description in the paper and the program."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks._published_renderer import chords_to_notes, loudness_to_level, loudness_to_velocity, play_published

from muvisync.soundfont import RATE


@pytest.mark.parametrize(
    ("loudness", "velocity", "level"),
    [(0.0, 49, 0), (0.069, 82, 0), (0.07, 84, 1), (0.145, 92, 2), (0.2, 97, 3), (0.25, 100, 4), (0.9, 112, 4)],
)
def test_loudness_sets_velocity_and_level(loudness: float, velocity: int, level: int):
    assert (loudness_to_velocity(loudness), loudness_to_level(loudness)) == (velocity, level)


def test_each_level_has_its_number_of_notes():
    loudness = np.array([0.01, 0.1, 0.15, 0.2, 0.4])
    notes = chords_to_notes(["C", "F", "G", "A:min", "C"], loudness, 5.0)
    assert [sum(int(note.start) == second for note in notes) for second in range(5)] == [2, 3, 4, 6, 8]


def test_notes_are_the_chords_triad_and_a_rest_is_silent():
    notes = chords_to_notes(["A:min7", "A:min7", "N", "C"], np.full(4, 0.4), 4.0)
    assert {note.pitch % 12 for note in notes if note.start < 2} == {9, 0, 4}
    assert {note.pitch % 12 for note in notes if note.start >= 3} == {0, 4, 7}
    assert not [note for note in notes if 2 <= note.start < 3]


def test_voices_stay_near_each_other_over_a_long_song():
    roots = ["C", "F#", "C#", "G", "D", "G#", "D#", "A", "E", "A#", "F", "B"] * 20
    notes = chords_to_notes(roots, np.full(len(roots), 0.3), float(len(roots)))
    assert min(note.pitch for note in notes) >= 30 and max(note.pitch for note in notes) <= 72


def test_sound_has_the_length_of_the_video():
    audio = play_published(["C", "G", "C"], np.full(3, 0.3), 2.5)
    assert audio.shape == (round(2.5 * RATE), 2)
    assert 0.01 < np.abs(audio).max() <= 1
