"""Figures of chord sequences against values worked out by hand, and sampling by counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.amt.synthetic_songs import make_song

from amt.evaluate.baselines import Memory
from amt.evaluate.harmony import TONAL_DISTANCES
from amt.evaluate.progressions import (
    chord_counts,
    divergence,
    irregularity,
    progression_figures,
    returning_share,
    transition_counts,
)
from amt.evaluate.sampling import choose_songs, sample_memory
from amt.model.ngrams import fit_unigram
from muvisync.chords import END, PAD, chord_to_id


def ids(text: str) -> np.ndarray:
    return np.array([PAD if chord == "?" else chord_to_id(chord) for chord in text.split()])


def test_tonal_distance_orders_chords_as_the_ear_does():
    def distance(a: str, b: str) -> float:
        return TONAL_DISTANCES[chord_to_id(a), chord_to_id(b)]

    assert distance("C", "C") == 0 and math.isnan(distance("C", "N"))
    assert distance("C", "A:min") < distance("C", "F") < distance("C", "D:min") < distance("C", "F#")
    assert distance("C", "F") == pytest.approx(distance("C", "G"))
    # by hand, of single notes: a fifth is 210 degrees on the first circle, 270 on the second, 120 on the third, whose
    # radius is half; chords are means of three notes
    circles = [(7 / 6, 1.0), (3 / 2, 1.0), (2 / 3, 0.5)]
    chords = [
        [sum(r * np.exp(1j * np.pi * t * p) for p in chord) / 3 for t, r in circles] for chord in ((0, 4, 7), (5, 9, 0))
    ]
    assert distance("C", "F") == pytest.approx(np.linalg.norm(np.subtract(*chords)))


def test_figures_by_hand():
    found = progression_figures(ids("C C G ? G C N"))
    assert found["change_rate"] == 3 / 4  # of C C, C G, G C, C N
    assert found["different"] == 3
    assert found["entropy"] == pytest.approx(
        -(3 / 6 * math.log2(3 / 6) + 2 / 6 * math.log2(2 / 6) + 1 / 6 * math.log2(1 / 6))
    )
    assert found["tonal_distance"] == pytest.approx(TONAL_DISTANCES[chord_to_id("C"), chord_to_id("G")])
    assert math.isnan(found["returns"])


def test_patterns_that_come_back():
    loop = ids("C C G G A:min A:min F F")
    assert returning_share(np.tile(loop, 3)) == pytest.approx(9 / 17)  # the first 8 of 17 starts are new
    assert math.isnan(returning_share(np.tile(ids("C"), 40))), "one held chord is no pattern"
    assert returning_share(np.concatenate([loop, ids("D"), loop])) == pytest.approx(1 / 10)


def test_irregularity_counts_triples_of_successive_chords():
    assert irregularity(ids("C C G G A:min C G A:min")) == 3 / 4
    assert math.isnan(irregularity(ids("C C G")))


def test_divergence_of_distributions():
    assert divergence([1, 1], [5, 5]) == pytest.approx(0, abs=1e-9)
    assert divergence([1, 0], [0, 3]) == pytest.approx(1)
    assert divergence([1, 1], [1, 0]) == pytest.approx(0.311278, abs=1e-5)
    assert math.isnan(divergence([0, 0], [1, 1]))


def test_counts_leave_out_unknown_seconds():
    chords = ids("C ? C G G")
    assert chord_counts(chords).sum() == 4 and transition_counts(chords).sum() == 1


def test_sampled_memory_is_as_long_as_the_song_and_the_same_again():
    song = np.append(ids("C C G G A:min A:min F F " * 6), END)
    memory = Memory.fit([song, song], fit_unigram([song]), 1.0, 8)
    songs = [make_song("a", 30), make_song("b", 7)]
    made = sample_memory(memory, songs, 0)
    assert [len(chords) for chords in made] == [30, 7]
    assert all(((chords >= 0) & (chords < END)).all() for chords in made)
    for first, again in zip(made, sample_memory(memory, songs, 0), strict=True):
        np.testing.assert_array_equal(first, again)


def test_songs_are_chosen_evenly():
    songs = [make_song(str(place), 2) for place in range(9)]
    assert [song.video_id for song in choose_songs(songs, 3)] == ["0", "4", "8"]
    assert len(choose_songs(songs, 99)) == 9 and choose_songs(songs, 0) == [] == choose_songs([], 3)
