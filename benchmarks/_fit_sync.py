"""How music and cuts meet, from their times alone: arrays of seconds in, shares out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

NEAR = 0.07
"""Seconds within which a beat is heard together with a cut; the beat tracking literature's window (MIREX)."""
APART = 1.0  # seconds from any other cut: closer ones can't all have a beat of music that breathes
MARGIN = 0.5  # seconds: music has no beat before it begins, a tracker finds none in the fade
LOOSE = 0.5  # seconds, the window of TBIoU
_ROUNDING = 1e-9


def isolate(cuts: Sequence[float], duration: float) -> np.ndarray:
    """Cuts (n,) that are at least APART from every other one and MARGIN from both ends, ascending."""
    times = _inside(cuts, duration)
    gaps = np.diff(times, prepend=-np.inf, append=np.inf)
    alone = np.minimum(gaps[:-1], gaps[1:]) >= APART - _ROUNDING
    return times[alone & (times >= MARGIN) & (times <= duration - MARGIN)]


def share_near(cuts: np.ndarray, events: np.ndarray, within: float = NEAR) -> float | None:
    """Share of `cuts` (n,) that have one of `events` (m,) `within` so many seconds; None without cuts."""
    if not len(cuts):
        return None
    if not len(events):
        return 0.0
    nearest = np.abs(cuts[:, None] - events[None, :]).min(axis=1)
    return float((nearest <= within + _ROUNDING).mean())


def cuts_beats_iou(cuts: Sequence[float], beats: np.ndarray, duration: float) -> float | None:
    """TBIoU, |cuts and beats| / |cuts or beats|: a cut and a beat are one event when they lie within LOOSE seconds.

    Each is matched once and as many as can be (maximum bipartite matching, mir_eval), else a cut between two beats
    would count twice. None without cuts.
    """
    import mir_eval

    times = _inside(cuts, duration)
    if not len(times):
        return None
    both = len(mir_eval.util.match_events(times, beats, LOOSE)) if len(beats) else 0
    return both / (len(times) + len(beats) - both)


def shift(cuts: np.ndarray, offset: float, begin: float, end: float) -> np.ndarray:
    """`cuts` (n,) later by `offset` seconds; what leaves [begin, end) at the end comes in again at its beginning."""
    return np.sort(begin + (cuts - begin + offset) % (end - begin))


def chance_level(
    measure: Callable[[np.ndarray], float | None], cuts: np.ndarray, begin: float, end: float, draws: int, seed: int
) -> float | None:
    """Mean of `measure` over `draws` random shifts: cuts keep their distances but lie anywhere. None without cuts."""
    if not len(cuts) or end <= begin:
        return None
    offsets = np.random.default_rng(seed).uniform(0, end - begin, draws)
    return float(np.mean([measure(shift(cuts, offset, begin, end)) for offset in offsets]))


def delays(made: np.ndarray, found: np.ndarray, within: float) -> list[float]:
    """Seconds from each of `made` (n,) to the nearest of `found` (m,), of those that have one `within` so many."""
    if not len(made) or not len(found):
        return []
    late = found[np.abs(made[:, None] - found[None, :]).argmin(axis=1)] - made
    return [float(delay) for delay in late if abs(delay) <= within]


def _inside(cuts: Sequence[float], duration: float) -> np.ndarray:
    times = np.unique(np.asarray(cuts, float))
    return times[(times > 0) & (times < duration)]
