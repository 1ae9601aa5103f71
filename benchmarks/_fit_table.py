"""Figures of many clips -> totals with their intervals, targets met or missed, a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amt.evaluate.intervals import bootstrap_interval
from benchmarks._fit_figures import FIGURES, Scores

TARGETS = {"chords": 0.9, "density": 0.7, "loudness": 0.8, "cuts on beats": 0.8, "cuts on changes": 0.5}
_RESAMPLES, _SEED = 2000, 0
Total = dict[str, float | list[float] | int | None]


def total_of(clips: Sequence[Scores], figure: str) -> Total:
    """Weighted mean of a figure over clips, its 95 % bootstrap interval over clips, and how many clips have it."""
    known = np.array([score[figure] for score in clips if score[figure] is not None]).reshape(-1, 2)
    known = known[known[:, 1] > 0]
    value = _mean(known, np.arange(len(known))) if len(known) else None
    interval = bootstrap_interval(lambda chosen: _mean(known, chosen), len(known), _RESAMPLES, _SEED)
    return {"value": value, "interval": interval, "clips": len(known)}


def difference_of(first: Sequence[Scores], second: Sequence[Scores], figure: str) -> Total:
    """How much better a figure is in `first` than in `second`, the same clips in order, resampled together."""
    pairs = [(a[figure], b[figure]) for a, b in zip(first, second, strict=True)]
    both = np.array([pair for pair in pairs if None not in pair]).reshape(-1, 2, 2)

    def difference(chosen: np.ndarray) -> float:
        return _mean(both[:, 0], chosen) - _mean(both[:, 1], chosen)

    value = difference(np.arange(len(both))) if len(both) else None
    return {
        "value": value,
        "interval": bootstrap_interval(difference, len(both), _RESAMPLES, _SEED),
        "clips": len(both),
    }


def summarise(columns: Mapping[str, Sequence[Scores]]) -> dict:
    """Totals of every column, what ours has over "other video", and each target with whether it is met.

    Args:
        columns: of "ours", "other video" and more, the scores of the same clips in order.
    """
    total = {name: {figure: total_of(clips, figure) for figure in FIGURES} for name, clips in columns.items()}
    better = {figure: difference_of(columns["ours"], columns["other video"], figure) for figure in TARGETS}
    met = {name: (total["ours"][name]["value"] or 0.0) >= least for name, least in TARGETS.items()}
    worse = {name: bool(total["interval"] and total["interval"][0] > 0) for name, total in better.items()}
    return {
        "total": total,
        "ours_over_other_video": better,
        "targets": {name: {"least": TARGETS[name], "met": met[name]} for name in TARGETS},
        "other_video_clearly_worse": worse,
    }


def to_lines(summary: dict) -> list[str]:
    """The table, a figure a line, and below it how much worse the music of another video is."""
    columns = list(summary["total"])
    lines = ["".join([f"{'':<16}", *(f"{name:<20}" for name in columns), "target"])]
    for figure in FIGURES:
        cells = [f"{_cell(summary['total'][column][figure]):<20}" for column in columns]
        target = summary["targets"].get(figure)
        verdict = f"{target['least']:.2f} {'met' if target['met'] else 'MISSED'}" if target else ""
        lines.append("".join([f"{figure:<16}", *cells, verdict]).rstrip())
    for figure, difference in summary["ours_over_other_video"].items():
        verdict = "met" if summary["other_video_clearly_worse"][figure] else "MISSED"
        lines.append(f"{figure}: ours over other video {_cell(difference)}, target clearly above 0: {verdict}")
    return lines


def all_met(summary: dict) -> bool:
    """Whether every target is met and the music of another video is worse in each."""
    return all(target["met"] for target in summary["targets"].values()) and all(
        summary["other_video_clearly_worse"].values()
    )


def _mean(scores: np.ndarray, chosen: np.ndarray) -> float:
    """Weighted mean of the `chosen` rows of (clips, 2) values and weights."""
    values, weights = scores[chosen].T
    return float(values @ weights / weights.sum())


def _cell(total: Total) -> str:
    if total["value"] is None:
        return "-"
    low, high = total["interval"] or (total["value"], total["value"])
    return f"{total['value']:.2f} [{low:.2f}, {high:.2f}]"
