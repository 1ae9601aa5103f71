"""Whether a predicted probability can be believed: expected calibration error (Guo et al. 2017) and its bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amt.evaluate.hits import counted_steps
from amt.evaluate.intervals import bootstrap_interval
from amt.model.batch import song_to_targets
from amt.model.songs import Song
from muvisync.params import EvaluateParams

BINS = 15  # of equal width, as in Guo et al.


def reliability_sums(songs: Sequence[Song], log_probabilities: Sequence[np.ndarray]) -> np.ndarray:
    """What the bins of each song hold, (songs, BINS, 3): steps, sum of the largest probabilities, steps it was right.

    Args:
        log_probabilities: (seconds + 1, vocabulary) per song.
    """
    sums = np.zeros((len(songs), BINS, 3))
    for song, table, filled in zip(songs, log_probabilities, sums, strict=True):
        targets = song_to_targets(song)
        counted = counted_steps(targets)["all"]
        confidence = np.exp(table[counted].max(axis=1))
        right = table[counted].argmax(axis=1) == targets[counted]
        places = np.minimum((confidence * BINS).astype(int), BINS - 1)
        np.add.at(filled, places, np.stack([np.ones(len(right)), confidence, right], axis=1))
    return sums


def calibration_error(sums: np.ndarray) -> float:
    """Expected calibration error of bins (BINS, 3): mean over steps of |mean confidence - share right| of their bin."""
    return float(np.abs(sums[:, 1] - sums[:, 2]).sum() / max(sums[:, 0].sum(), 1))


def calibration_figures(models: Sequence[np.ndarray], params: EvaluateParams) -> dict[str, object]:
    """The error over all steps with its interval over songs; the mean over `models` (seeds), each (songs, BINS, 3)."""

    def error(index: np.ndarray | slice) -> float:
        return float(np.mean([calibration_error(sums[index].sum(axis=0)) for sums in models]))

    return {
        "error": error(slice(None)),
        "interval": bootstrap_interval(error, len(models[0]), params.resamples, params.seed),
    }


def reliability_bins(sums: np.ndarray) -> list[dict[str, float | int]]:
    """Steps, mean confidence and share right of each bin that holds any, of sums (songs, BINS, 3)."""
    return [
        {"steps": int(steps), "confidence": confidence / steps, "right": right / steps}
        for steps, confidence, right in sums.sum(axis=0).tolist()
        if steps
    ]
