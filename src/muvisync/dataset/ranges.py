"""What values can be: used on what comes in (the published release) and on what went out (the shards)."""

from __future__ import annotations

import numpy as np

RANGES: dict[str, tuple[float, float]] = {
    "emotion": (0, 1),
    "motion": (0, 255),
    "scene_id": (0, np.inf),
    "scene_offset": (0, np.inf),
    "loudness": (0, 1),
    "note_density": (0, np.inf),
}
EMOTION_SUM_TOLERANCE = 0.002
"""The six probabilities are rounded to 4 decimals; in the published release their sum is off by up to .0005."""


def outside(name: str, values: np.ndarray) -> np.ndarray:
    """Mask (seconds,) of values that feature `name` can't have: not finite, or out of its range.

    Args:
        values: (seconds,) or (seconds, n); the whole row counts.
    """
    rows = np.asarray(values, np.float64)
    rows = rows if rows.ndim == 2 else rows[:, None]
    low, high = RANGES.get(name, (-np.inf, np.inf))
    return (~np.isfinite(rows) | (rows < low) | (rows > high)).any(axis=1)


def wrong_sums(emotion: np.ndarray) -> np.ndarray:
    """Mask (seconds,) of the rows of (seconds, 6) that are no probabilities of one of six."""
    return np.abs(np.asarray(emotion, np.float64).sum(axis=1) - 1) > EMOTION_SUM_TOLERANCE


def range_of(name: str) -> str:
    """The range of a feature in words."""
    low, high = RANGES.get(name, (-np.inf, np.inf))
    if np.isinf(high):
        return "a number" if np.isinf(low) else f"{low:g} or more"
    return f"{low:g} to {high:g}"
