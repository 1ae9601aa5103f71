"""Means over songs with bootstrap intervals (Efron and Tibshirani 1993, percentile method)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_LEVELS = (2.5, 97.5)


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], songs: int, resamples: int, seed: int
) -> list[float] | None:
    """95 % interval of a statistic over songs, [low, high]; None for fewer than two songs.

    Args:
        statistic: gets the indices of the resampled songs (with repeats); NaN resamples don't count.
    """
    if songs < 2:
        return None
    generator = np.random.default_rng(seed)
    values = np.array([statistic(generator.integers(0, songs, songs)) for _ in range(resamples)])
    values = values[np.isfinite(values)]
    return [float(level) for level in np.percentile(values, _LEVELS)] if len(values) else None


def mean_interval(values: np.ndarray, resamples: int, seed: int) -> list[float] | None:
    """95 % interval of the mean of one value per song; NaN songs are left out."""
    values = values[np.isfinite(values)]
    return bootstrap_interval(lambda index: float(values[index].mean()), len(values), resamples, seed)
