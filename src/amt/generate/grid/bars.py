"""Where bars and sections begin: both are the cheapest way to cut a row into parts, by what each part costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

BEATS = 4
"""Of a usual bar."""
_ODD = {2: 0.8, 3: 1.0, 4: 0.0, 5: 1.0, 6: 0.7}  # what a bar of so many beats costs
_UNASKED = 2.0  # and an odd bar that no cut ends
_LAST = {2: 1.0, 3: 0.2, 4: 0.0, 5: 0.2, 6: 0.6}  # the last bar is for the last chord
_LIGHT = 0.7  # a cut of this weight asks for no bar of its own
SHORTEST_SECTION = 8.0
"""Seconds; only a piece that is shorter has a shorter section."""
_SECTION = 16.0  # seconds of a usual section; up to twice as many where cuts are fast
_TOO_SHORT, _NO_CUT, _SECTION_CUT = 50.0, 1.0, 0.7
_LONGEST = 64  # bars of a section


def find_bars(beats: int, wishes: Mapping[int, float]) -> tuple[int, ...]:
    """First beat of each bar: four beats each, but for one of 2, 3, 5 or 6 before a beat that should begin a bar.

    The cost of a bar is that of its length, less the weight of the cut on the beat after it, from _LIGHT on.

    Args:
        beats: of the piece, at least 1; one beat alone is a bar.
        wishes: weight of the cut on each of the beats that have one (`cut_weights.cuts_to_weights`).
    """

    def cost(first: int, end: int) -> float:
        if end == beats:
            return _LAST[end - first] + _ODD[end - first]
        wish = max(wishes.get(end, 0.0) - _LIGHT, 0.0)
        return _ODD[end - first] + (_UNASKED if end - first != BEATS and not wish else 0.0) - wish

    if beats <= min(_ODD):
        return (0,)
    return cheapest_parts(beats, lambda end: (end - length for length in _ODD), cost)


def find_sections(times: np.ndarray, bars: Sequence[int], wishes: Mapping[int, float]) -> tuple[int, ...]:
    """First beat of each section: a bar's, that of a weighty cut where there is one, SHORTEST_SECTION or more apart.

    The cost of a section is the squared log ratio of its length to a usual one, less the weight of the cut that ends
    it. A usual section is longer the faster the cuts are.

    Args:
        times: (beats + 1,) seconds.
        bars: first beat of each bar.
        wishes: weight of the cut on each of the beats that have one.
    """
    starts = times[[*bars, len(times) - 1]]
    cuts = [0.0, *(times[beat] for beat in sorted(wishes)), times[-1]]
    usual = _SECTION * (1 + 1 / (1 + float(np.median(np.diff(cuts)))))

    def cost(first: int, end: int) -> float:
        seconds = starts[end] - starts[first]
        length = math.log2(seconds / usual) ** 2 + (_TOO_SHORT if seconds < SHORTEST_SECTION else 0.0)
        if end == len(bars):
            return length
        wish = wishes.get(bars[end], 0.0)
        return length + (-_SECTION_CUT * wish if wish else _NO_CUT)

    parts = cheapest_parts(len(bars), lambda end: range(max(0, end - _LONGEST), end), cost)
    return tuple(bars[part] for part in parts)


def cheapest_parts(
    count: int, begins: Callable[[int], Iterable[int]], cost: Callable[[int, int], float]
) -> tuple[int, ...]:
    """Cut 0..count into parts of least total cost.

    Args:
        begins: where a part that ends before `end` may begin; below 0 is left out.
        cost: of the part from `first` to before `end`.

    Returns:
        First of each part, ascending, from 0.
    """
    least, before = [0.0] + [math.inf] * count, [0] * (count + 1)
    for end in range(1, count + 1):
        for first in begins(end):
            if first >= 0 and math.isfinite(least[first]):
                total = least[first] + cost(first, end)
                least[end], before[end] = min((least[end], before[end]), (total, first))
    parts, end = [], count
    while end > 0:
        end = before[end]
        parts.append(end)
    return tuple(parts[::-1])
