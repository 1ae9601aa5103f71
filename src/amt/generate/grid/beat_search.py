"""Where the beats fall: a tempo that gives way a little, so that the cuts lie on beats.

Film composers write so: a click track of one tempo, and between two points to be hit ("streamers", hit points) it runs
a little slower or faster, by whole beats (Karlin and Wright, On the Track, on timings and clicks). Here it is a
shortest path. Anchors are 0, the cuts and the end; a stretch leads from an anchor to a later one with a whole number n
of beats of the same length. Of a base tempo B and stretches k of n_k beats, whose tempo is B exp(-d_k), the cost is

    sum_k n_k (d_k / GIVE)^2 DEVIATION                   away from the base, for every beat
    + sum_k (j_k / GIVE)^2 (1 + (j_k / JUMP)^4) CHANGE   jumps j_k = |d_k - d_(k-1)|, steeply more beyond JUMP
    + sum over cuts passed over, weight * PASSED         (`cut_weights.cuts_to_weights`)
    + sum_k n_k (log(B / wanted) / SPREAD)^2 WANTED      another tempo than is asked for, for every beat

with |d_k| at most FARTHEST. The squares of log ratios and the transition over "the beat before" are those of the beat
tracker of Ellis (Beat Tracking by Dynamic Programming, JNMR 36(1), 2007), turned around: he looks for the beats
in a sound with a cost of log(interval / period)^2; music made with a small cost of that kind is easy for him to follow.
The weights were chosen on invented lists of cuts, by what a tracker found in the sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GIVE = 0.06
"""Log ratio of a stretch's tempo to the base that is one unit of deviation: 6 %."""
FARTHEST = 0.15
"""Log ratio that no stretch goes beyond."""
_STEP = 0.01  # log ratio between two of the local tempos that are tried
_JUMP = 0.12  # log ratio between neighbours from which on a tracker begins to lose the beat
_DEVIATION, _CHANGE, _PASSED, _WANTED = 0.1, 0.6, 12.0, 0.05
_SPREAD = 0.2  # log ratio of a base to the wanted one that is one unit of unlikeness
_REACH = 12  # anchors; a stretch passes over at most so many less one
LOCAL = np.arange(-round(FARTHEST / _STEP), round(FARTHEST / _STEP) + 1) * _STEP
"""Log ratios of a stretch's beat to the base's; (local tempos,)."""


@dataclass(frozen=True)
class Stretch:
    """From one anchor to a later one (their indices) with so many beats."""

    first: int
    last: int
    beats: int


@dataclass(frozen=True)
class _Search:
    """Cheapest costs (anchors, bases, local tempos) and how each was come by: anchor and local tempo before."""

    cost: np.ndarray
    before: np.ndarray
    local: np.ndarray


def find_stretches(anchors: np.ndarray, weights: np.ndarray, bases: np.ndarray, wanted: float) -> list[Stretch]:
    """The cheapest way from the first anchor to the last.

    Args:
        anchors: (anchors,) seconds, ascending, from 0 to the end.
        weights: (anchors,) of the cuts; first and last are not used.
        bases: (bases,) tempos to try, beats a minute.
        wanted: the tempo asked for.

    Returns:
        Stretches in order; none where no whole number of beats fits at any of the tempos.
    """
    beat = 60 / bases
    search = _search(anchors, weights, beat, _WANTED * (np.log(bases / wanted) / _SPREAD) ** 2)
    return _trace_back(search, anchors, beat)


def _search(anchors: np.ndarray, weights: np.ndarray, beat: np.ndarray, unlike: np.ndarray) -> _Search:
    shape = (len(anchors), len(beat), len(LOCAL))
    cost, before = np.full(shape, np.inf), np.zeros(shape, np.int32)
    local, entered = np.zeros(shape, np.int16), np.full(shape, np.inf)
    length = beat[:, None] * np.exp(LOCAL)
    each = _DEVIATION * (LOCAL / GIVE) ** 2 + unlike[:, None]  # (bases, local tempos): of one beat
    jump = np.abs(LOCAL[:, None] - LOCAL)
    change = _CHANGE * (jump / GIVE) ** 2 * (1 + (jump / _JUMP) ** 4)
    passed = _PASSED * np.cumsum(weights)
    entered[0] = 0
    for last in range(1, len(anchors)):
        firsts = np.arange(max(0, last - _REACH), last)
        beats, fits = _beats_between((anchors[last] - anchors[firsts])[:, None, None], length)
        skipped = (passed[last - 1] - passed[firsts])[:, None, None]
        total = np.where(fits, entered[firsts] + beats * each + skipped, np.inf)
        best = total.argmin(0)
        cost[last] = np.take_along_axis(total, best[None], 0)[0]
        before[last] = firsts[best]
        arrived = cost[last][:, :, None] + change  # (bases, local before, local after)
        local[last] = arrived.argmin(1)
        entered[last] = arrived.min(1)
    return _Search(cost, before, local)


def _beats_between(seconds: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many beats of a `length` come nearest to so many seconds, and whether they fit but for half a step."""
    beats = np.maximum(np.rint(seconds / length), 1)
    return beats, np.abs(seconds / (beats * length) - 1) <= _STEP / 2 + 1e-9


def _trace_back(search: _Search, anchors: np.ndarray, beat: np.ndarray) -> list[Stretch]:
    last = len(anchors) - 1
    base, local = np.unravel_index(search.cost[last].argmin(), search.cost[last].shape)
    if not np.isfinite(search.cost[last, base, local]):
        return []
    found = []
    while last > 0:
        first = int(search.before[last, base, local])
        length = beat[base] * np.exp(LOCAL[local])
        found.append(Stretch(first, last, max(1, round((anchors[last] - anchors[first]) / length))))
        last, local = first, search.local[first, base, local]
    return found[::-1]
