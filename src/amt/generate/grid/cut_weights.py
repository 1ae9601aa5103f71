"""Cuts as the beat search takes them: in order, each with its weight, and of those too close together only one."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Sequence

import numpy as np

_LEAST, _MOST = 0.2, 2.0


def clean_cuts(cuts: Sequence[float], duration: float) -> np.ndarray:
    """The finite ones from 0 to before `duration`, ascending, each once; float64 (cuts,) seconds."""
    found = np.unique(np.asarray(cuts, np.float64))
    return found[np.isfinite(found) & (found >= 0) & (found < duration)]


def cuts_to_weights(cuts: np.ndarray, duration: float) -> np.ndarray:
    """How much it matters to meet each cut: the root of the shorter of the two scenes beside it, 0.2 to 2.

    A scene of a second weighs 1, of four and more 2; within a flurry of cuts none is missed much.

    Args:
        cuts: (cuts,) seconds, ascending.

    Returns:
        float64 (cuts,).
    """
    return np.clip(np.sqrt(cuts_to_room(cuts, duration)), _LEAST, _MOST)


def cuts_to_room(cuts: np.ndarray, duration: float) -> np.ndarray:
    """Seconds from each cut to the nearest other one, or to the beginning or end; float64 (cuts,)."""
    gaps = np.diff(np.concatenate([[0.0], cuts, [duration]]))
    return np.minimum(gaps[:-1], gaps[1:])


def choose_anchors(cuts: np.ndarray, weights: np.ndarray, duration: float, apart: float) -> np.ndarray:
    """Indices, ascending, of the cuts that can be met together: the weightiest first, all `apart` seconds or more.

    0 and `duration` are anchors already, a cut too close to them is left out.
    """
    kept, indices = [0.0, float(duration)], []
    for index in np.argsort(-weights, kind="stable"):
        place = bisect(kept, cuts[index])
        if cuts[index] - kept[place - 1] >= apart and kept[place] - cuts[index] >= apart:
            insort(kept, float(cuts[index]))
            indices.append(int(index))
    return np.array(sorted(indices), np.intp)
