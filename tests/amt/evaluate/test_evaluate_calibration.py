"""Expected calibration error against values worked out by hand, and the summaries over songs and seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.amt.synthetic_songs import make_song

from amt.evaluate.calibration import (
    BINS,
    calibration_error,
    calibration_figures,
    reliability_bins,
    reliability_sums,
)
from amt.evaluate.chords import PARTS, song_metrics, summarise
from muvisync.chords import VOCABULARY_SIZE


def table(chosen: list[int], confidence: list[float]) -> np.ndarray:
    """Log probabilities: each step's chosen chord has its confidence, the others the rest."""
    rows = np.repeat((1 - np.array(confidence))[:, None] / (VOCABULARY_SIZE - 1), VOCABULARY_SIZE, axis=1)
    rows[np.arange(len(chosen)), chosen] = confidence
    return np.log(rows)


@pytest.fixture
def songs() -> list:
    return [
        replace(make_song(name, 4), chords=np.array(chords)) for name, chords in (("a", [1, 2, 3, 4]), ("b", [5] * 4))
    ]


def test_calibration_by_hand(songs):
    # the first step is given; END (157) is the last
    first = table([9, 2, 9, 4, 157], [0.9, 0.8, 0.8, 0.8, 0.55])
    second = table([9, 5, 5, 5, 157], [0.9, 0.99, 0.99, 0.99, 0.99])
    sums = reliability_sums(songs, [first, second])
    assert sums.shape == (2, BINS, 3) and sums[..., 0].sum() == 8
    # bins: .8 (3 steps, 2 right), .55 (1, right), .99 (4, right)
    wanted = (3 * abs(0.8 - 2 / 3) + abs(0.55 - 1) + 4 * abs(0.99 - 1)) / 8
    assert calibration_error(sums.sum(axis=0)) == pytest.approx(wanted)
    bins = reliability_bins(sums)
    assert [each["steps"] for each in bins] == [1, 3, 4]
    assert bins[1] == pytest.approx({"steps": 3, "confidence": 0.8, "right": 2 / 3})


def test_the_error_of_seeds_is_their_mean(songs, default_params):
    good, bad = np.zeros((2, BINS, 3)), np.zeros((2, BINS, 3))
    good[:, 3], bad[:, 3] = [10, 2, 2], [10, 2, 7]
    found = calibration_figures([good, bad], default_params.evaluate)
    assert found == {"error": pytest.approx(0.25), "interval": pytest.approx([0.25, 0.25])}


def test_pooled_figures_weigh_songs_by_their_steps(default_params):
    songs = [replace(make_song("a", 2), chords=np.array([1, 1])), replace(make_song("b", 6), chords=np.full(6, 2))]
    right = table([1, 1, 157], [0.5] * 3)
    wrong = table([9] * 7, [0.5] * 7)
    found = summarise({part: song_metrics(songs, [right, wrong], part) for part in PARTS}, default_params.evaluate)
    assert found["all"]["hits1"] == 1 / 2 and found["pooled"]["all"]["hits1"] == 2 / 8
    assert found["pooled"]["all"]["steps"] == 8
    low, high = found["pooled"]["interval"]["all"]["hits1"]
    assert low <= 2 / 8 <= high
    assert found["changes"]["hits1"] is None and found["pooled"]["changes"]["hits1"] is None
