"""How well note density and loudness are predicted: pure functions of arrays, on real seconds only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amt.evaluate.intervals import bootstrap_interval, mean_interval

_CONSTANT = 1e-6  # a standard deviation below this is none


def within_song_correlation(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Pearson correlation over a song's seconds; 0 for a constant prediction, NaN for a constant or too short truth."""
    if len(truth) < 2 or truth.std() < _CONSTANT:
        return float("nan")
    if predicted.std() < _CONSTANT:
        return 0.0
    return float(np.corrcoef(truth, predicted)[0, 1])


def rhythm_metrics(
    truths: Sequence[np.ndarray], predictions: Sequence[np.ndarray], resamples: int, seed: int
) -> dict[str, object]:
    """Figures of one target over songs.

    Args:
        truths, predictions: one array (seconds,) per song, in real units; seconds whose truth is NaN don't count.

    Returns:
        rmse: over all seconds of all songs; correlation: mean over songs of the correlation within the song;
        std_ratio: spread of the predictions over that of the truth, all seconds; and intervals over songs.
    """
    pairs = [(t[np.isfinite(t)], p[np.isfinite(t)]) for t, p in zip(truths, predictions, strict=True)]
    pairs = [pair for pair in pairs if len(pair[0])]
    if not pairs:
        return {"songs": 0, "rmse": None, "correlation": None, "std_ratio": None, "interval": {}}
    squares = np.array([((p - t) ** 2).sum() for t, p in pairs])
    seconds = np.array([len(t) for t, _ in pairs])
    correlations = np.array([within_song_correlation(t, p) for t, p in pairs])
    spread = np.concatenate([t for t, _ in pairs]).std()

    def rmse(index: np.ndarray) -> float:
        return float(np.sqrt(squares[index].sum() / seconds[index].sum()))

    return {
        "songs": len(pairs),
        "rmse": rmse(np.arange(len(pairs))),
        "correlation": float(np.nanmean(correlations)) if np.isfinite(correlations).any() else None,
        "std_ratio": float(np.concatenate([p for _, p in pairs]).std() / spread) if spread > _CONSTANT else None,
        "interval": {
            "rmse": bootstrap_interval(rmse, len(pairs), resamples, seed),
            "correlation": mean_interval(correlations, resamples, seed),
        },
    }
