"""How well note density and loudness are predicted: pure functions of arrays, on real seconds only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from amt.evaluate.intervals import bootstrap_interval, mean_interval

_CONSTANT = 1e-6  # a standard deviation below this is none
Arrays = Sequence[np.ndarray]
"""(seconds,) per song."""


@dataclass(frozen=True)
class SongErrors:
    """What the figures and their intervals are made of, each an array with an entry a song that has a known second.

    Attributes:
        seconds: number of known seconds; squares: sum of squared errors over them.
        correlation: within the song; NaN where the truth is constant or too short.
        truth, predicted: (songs, 2), sum and sum of squares over the known seconds.
    """

    seconds: np.ndarray
    squares: np.ndarray
    correlation: np.ndarray
    truth: np.ndarray
    predicted: np.ndarray

    def rmse(self, songs: np.ndarray | slice = slice(None)) -> float:
        """Root mean squared error over all seconds of the songs (indices, with repeats)."""
        return float(np.sqrt(self.squares[songs].sum() / self.seconds[songs].sum()))

    def std_ratio(self, songs: np.ndarray | slice = slice(None)) -> float:
        """Spread of the predictions over that of the truth, all seconds of the songs; NaN for a constant truth."""
        truth, predicted = (self._deviation(sums[songs], songs) for sums in (self.truth, self.predicted))
        return predicted / truth if truth > _CONSTANT else float("nan")

    def _deviation(self, sums: np.ndarray, songs: np.ndarray | slice) -> float:
        first, second = sums.sum(0) / self.seconds[songs].sum()
        return float(np.sqrt(max(second - first**2, 0.0)))


def within_song_correlation(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Pearson correlation over a song's seconds; 0 for a constant prediction, NaN for a constant or too short truth."""
    if len(truth) < 2 or truth.std() < _CONSTANT:
        return float("nan")
    if predicted.std() < _CONSTANT:
        return 0.0
    return float(np.corrcoef(truth, predicted)[0, 1])


def song_errors(truths: Arrays, seeds: Sequence[Arrays]) -> SongErrors | None:
    """Sums over each song's known seconds, averaged over the seeds of a model; None where no song has one.

    Args:
        truths: one array (seconds,) per song, in real units; seconds whose truth is NaN don't count.
        seeds: of each seed the predictions, shaped as `truths`.
    """
    found = [_errors_of_one(truths, predictions) for predictions in seeds]
    if not len(found[0].seconds):
        return None
    return SongErrors(*(np.mean([getattr(each, f.name) for each in found], axis=0) for f in fields(SongErrors)))


def _errors_of_one(truths: Arrays, predictions: Arrays) -> SongErrors:
    pairs = [(t[np.isfinite(t)], p[np.isfinite(t)]) for t, p in zip(truths, predictions, strict=True)]
    pairs = [(t.astype(np.float64), p.astype(np.float64)) for t, p in pairs if len(t)]
    return SongErrors(
        seconds=np.array([len(t) for t, _ in pairs]),
        squares=np.array([((p - t) ** 2).sum() for t, p in pairs]),
        correlation=np.array([within_song_correlation(t, p) for t, p in pairs]),
        truth=np.array([(t.sum(), (t**2).sum()) for t, _ in pairs]),
        predicted=np.array([(p.sum(), (p**2).sum()) for _, p in pairs]),
    )


def rhythm_metrics(truths: Arrays, seeds: Sequence[Arrays], resamples: int, seed: int) -> dict[str, object]:
    """Figures of one target over songs; arguments as of `song_errors`.

    Returns:
        rmse: over all seconds of all songs; correlation: mean over songs of the correlation within the song;
        std_ratio: spread of the predictions over that of the truth, all seconds; and intervals over songs.
    """
    errors = song_errors(truths, seeds)
    if errors is None:
        return {"songs": 0, "rmse": None, "correlation": None, "std_ratio": None, "interval": {}}
    songs, ratio = len(errors.seconds), errors.std_ratio()
    return {
        "songs": songs,
        "rmse": errors.rmse(),
        "correlation": _mean(errors.correlation),
        "std_ratio": ratio if np.isfinite(ratio) else None,
        "interval": {
            "rmse": bootstrap_interval(errors.rmse, songs, resamples, seed),
            "correlation": mean_interval(errors.correlation, resamples, seed),
            "std_ratio": bootstrap_interval(errors.std_ratio, songs, resamples, seed),
        },
    }


def rhythm_changes(
    truths: Arrays, own: Sequence[Arrays], changed: Sequence[Arrays], resamples: int, seed: int
) -> dict[str, dict[str, object]]:
    """How much worse the predictions `changed` are than `own`, for the same songs and seeds, with intervals over songs.

    Returns:
        rmse: by how much it rises; correlation: by how much it falls; each with `difference` and `interval`.
    """
    before, after = song_errors(truths, own), song_errors(truths, changed)
    if before is None or after is None:
        return {}
    falls = before.correlation - after.correlation

    def rises(songs: np.ndarray | slice = slice(None)) -> float:
        return after.rmse(songs) - before.rmse(songs)

    rmse = {"difference": rises(), "interval": bootstrap_interval(rises, len(falls), resamples, seed)}
    return {
        "rmse": rmse,
        "correlation": {"difference": _mean(falls), "interval": mean_interval(falls, resamples, seed)},
    }


def _mean(values: np.ndarray) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None
