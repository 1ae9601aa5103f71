"""On which beat each chord change falls: a shortest path over changes and the beats near them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_NEAR = 1.0  # seconds that a change may move
_MOVED = 1.5  # for each second that it moves
_SHORT = 1.2  # for a chord of one beat
_DROPPED, _KEPT_DROPPED = 6.0, 1000.0
_SKIPPED = 4  # chords; so many less one in a row may be left out, where a beat is longer than a second


class Change(NamedTuple):
    """A chord that comes at `second`; `kept` where the user asked for it."""

    second: float
    label: str
    kept: bool


class _Way(NamedTuple):
    """The cheapest way to a change on a beat: what it costs, and the change and beat before."""

    cost: float
    change: int
    beat: int


def place_changes(changes: Sequence[Change], times: np.ndarray, pull: np.ndarray) -> dict[int, str]:
    """Chords by the beat on which each starts.

    Each change costs what it moves, less the pull of its beat; a chord of one beat and one left out cost more, and most
    of all one that the user asked for. The first one is on beat 0.

    Args:
        changes: at least one, in order of time.
        times: (beats + 1,) seconds, with the end of the last chord; with a single time there are no beats.
        pull: (beats or more,) of each beat.
    """
    beats = len(times) - 1
    if beats < 1:
        return {}
    ways: list[dict[int, _Way]] = [{0: _Way(0.0, -1, -1)}]
    dropped = np.cumsum([_KEPT_DROPPED if change.kept else _DROPPED for change in changes])
    for number, change in enumerate(changes[1:], start=1):
        here = {}
        for beat in _beats_near(change.second, times):
            own = _MOVED * abs(times[beat] - change.second) - pull[beat]
            way = _cheapest(ways, dropped, number, beat)
            here[beat] = way._replace(cost=way.cost + own)
        ways.append({beat: way for beat, way in here.items() if math.isfinite(way.cost)})
    return _trace_back(ways, changes, _cheapest(ways, dropped, len(changes), beats, len(changes)))


def _beats_near(second: float, times: np.ndarray) -> range:
    """Beats from 1 on, at most _NEAR from `second`; the end is none of them."""
    first, last = np.searchsorted(times[:-1], (second - _NEAR, second + _NEAR))
    return range(max(1, int(first)), int(last))


def _cheapest(
    ways: list[dict[int, _Way]], dropped: np.ndarray, number: int, beat: int, skipped: int = _SKIPPED
) -> _Way:
    """The cheapest way to change `number` on `beat` but for its own cost; what lies between is left out."""
    best = _Way(math.inf, -1, -1)
    for change in range(max(0, number - skipped), number):
        left_out = dropped[number - 1] - dropped[change]
        for before, way in ways[change].items():
            cost = way.cost + left_out + (_SHORT if beat - before == 1 else 0.0)
            if before < beat and cost < best.cost:
                best = _Way(float(cost), change, before)
    return best


def _trace_back(ways: list[dict[int, _Way]], changes: Sequence[Change], last: _Way) -> dict[int, str]:
    starts = {}
    while last.change >= 0:
        starts[last.beat] = changes[last.change].label
        last = ways[last.change][last.beat]
    return starts
