"""Metrics against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from amt.evaluate.hits import chord_metrics, correspondence, counted_steps, target_ranks
from amt.evaluate.intervals import bootstrap_interval, mean_interval
from amt.evaluate.rhythm import rhythm_changes, rhythm_metrics, within_song_correlation
from muvisync.chords import END, PAD, chord_to_id
from muvisync.schema import EMOTIONS


def test_ranks_count_what_is_ahead_and_break_ties_by_id():
    scores = np.array([[0.1, 0.6, 0.3], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]])
    assert target_ranks(scores, np.array([2, 0, 2])).tolist() == [1, 0, 2]


def test_hits_and_cross_entropy():
    table = np.log(np.array([[0.5, 0.3, 0.1, 0.06, 0.04]] * 4))
    found = chord_metrics(table, np.array([0, 1, 4, 2]), np.array([True, True, True, False]))
    wanted = -(math.log(0.5) + math.log(0.3) + math.log(0.04)) / 3
    assert found == pytest.approx({"hits1": 1 / 3, "hits3": 2 / 3, "hits5": 1.0, "cross_entropy": wanted})
    assert chord_metrics(table, np.array([0, 1, 4, 2]), np.zeros(4, dtype=bool)) is None


def test_the_first_chord_is_given_the_end_counts_and_is_no_change():
    steps = counted_steps(np.array([5, 5, 7, PAD, 7, 9, END]))
    assert steps["all"].tolist() == [False, True, True, False, True, True, True]
    assert steps["changes"].tolist() == [False, False, True, False, False, True, False]


def test_correspondence_counts_clear_emotions_only():
    def emotion(name: str, probability: float) -> np.ndarray:
        rest = (1 - probability) / 5
        return np.where(np.arange(6) == EMOTIONS.index(name), probability, rest)

    seconds = [("sad", 0.9, "A:min"), ("sad", 0.9, "C"), ("sad", 0.79, "A:min"), ("neutral", 0.95, "A:min")]
    seconds += [("relaxing", 0.8, "N"), ("exciting", 0.9, "G:7")]
    moods = np.array([emotion(name, probability) for name, probability, _ in seconds])
    chords = np.array([chord_to_id(chord) for *_, chord in seconds])
    assert correspondence(chords, moods, np.ones(6, dtype=bool)) == (2, 4)
    assert correspondence(chords, moods, np.arange(6) < 5) == (1, 3)
    assert correspondence(np.full(6, END), moods, np.ones(6, dtype=bool)) == (0, 4)


def test_rhythm_figures():
    truths = [np.array([1.0, 2.0, 3.0, np.nan]), np.array([4.0, 4.0])]
    guesses = [np.array([2.0, 3.0, 4.0, 99.0]), np.array([4.0, 6.0])]
    found = rhythm_metrics(truths, [guesses], 20, 0)
    assert found["rmse"] == pytest.approx(math.sqrt((1 + 1 + 1 + 0 + 4) / 5))
    assert found["correlation"] == pytest.approx(1.0)  # the second song is constant: no correlation to speak of
    assert found["std_ratio"] == pytest.approx(np.std([2, 3, 4, 4, 6]) / np.std([1, 2, 3, 4, 4]))
    assert found["songs"] == 2


def test_seeds_are_averaged_before_the_root():
    truths, low, high = [np.array([1.0, 2.0])], [np.array([1.0, 2.0])], [np.array([3.0, 0.0])]
    found = rhythm_metrics(truths, [low, high], 20, 0)
    assert found["rmse"] == pytest.approx(math.sqrt((0 + 4) / 2))
    assert found["correlation"] == pytest.approx(0)


def test_a_constant_prediction_has_no_correlation_and_no_spread():
    assert within_song_correlation(np.array([1.0, 2.0]), np.array([3.0, 3.0])) == 0
    found = rhythm_metrics([np.array([1.0, 2.0])], [[np.array([3.0, 3.0])]], 20, 0)
    assert (found["correlation"], found["std_ratio"]) == (0, 0)


def test_rhythm_without_a_known_second():
    assert rhythm_metrics([np.array([np.nan])], [[np.array([1.0])]], 20, 0)["rmse"] is None
    assert rhythm_metrics([np.array([3.0])], [[np.array([1.0])]], 20, 0)["correlation"] is None


def test_rhythm_changes_pair_the_songs():
    truths = [np.arange(5.0) + shift for shift in range(6)]
    worse = [truth + 2.0 for truth in truths]
    flat = [np.full(5, truth.mean()) for truth in truths]
    found = rhythm_changes(truths, [truths], [worse], 50, 0)
    assert found["rmse"] == {"difference": 2, "interval": [2, 2]}
    assert found["correlation"]["difference"] == pytest.approx(0, abs=1e-9)
    assert rhythm_changes(truths, [truths], [flat], 50, 0)["correlation"]["difference"] == pytest.approx(1)
    assert rhythm_changes([np.array([np.nan])], [[np.zeros(1)]], [[np.zeros(1)]], 50, 0) == {}


def test_interval_covers_the_mean_and_shrinks_with_songs():
    values = np.random.default_rng(0).normal(1.0, 1.0, 400)
    wide, narrow = mean_interval(values[:25], 500, 0), mean_interval(values, 500, 0)
    assert narrow[0] < values.mean() < narrow[1]
    assert narrow[1] - narrow[0] == pytest.approx(2 * 1.96 / 20, rel=0.2)
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])
    assert mean_interval(np.array([1.0, np.nan]), 10, 0) is None
    assert bootstrap_interval(lambda index: 3.0, 5, 10, 0) == [3, 3]
