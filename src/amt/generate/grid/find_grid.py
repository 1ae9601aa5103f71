"""A video's cuts -> the beats, bars and sections of its music."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amt.generate.grid import Cut, Grid
from amt.generate.grid.bars import find_bars, find_sections
from amt.generate.grid.beat_search import FARTHEST, find_stretches
from amt.generate.grid.cut_weights import choose_anchors, clean_cuts, cuts_to_weights
from muvisync.errors import UserError

MET = 0.03
"""Seconds; a cut this near to a beat lies on it: less than a frame of a film, and far below what is heard as late."""
SLOWEST, FASTEST = 40.0, 220.0
"""Beats a minute that may be asked for."""
_CALM, _LIVELY = 78.0, 132.0  # beats a minute that a pace of 0 and of 1 asks for
_BASES = 66 * np.exp(np.arange(0, np.log(144 / 66), 0.03))  # beats a minute that are tried, 3 % apart


def find_grid(duration: float, cuts: Sequence[float], pace: float, tempo: float | None = None) -> Grid:
    """Find the elastic tempo whose beats meet the cuts (`beat_search` tells how), then its bars and sections (`bars`).

    Args:
        duration: seconds, above 0.
        cuts: seconds at which a scene starts, in any order; what is not within the video is left out.
        pace: how lively the music should be, 0-1.
        tempo: beats a minute, SLOWEST to FASTEST, to keep to; None chooses one by `pace` and the cuts.

    Raises:
        UserError: no music has that tempo.
    """
    if tempo is not None and not SLOWEST <= tempo <= FASTEST:
        raise UserError(f"tempo {tempo:g}: write one from {SLOWEST:g} to {FASTEST:g} beats a minute, or leave it out")
    found = clean_cuts(cuts, duration)
    weights = cuts_to_weights(found, duration)
    wanted = tempo or _CALM * (_LIVELY / _CALM) ** pace
    times = _find_times(duration, found, weights, _BASES if tempo is None else np.array([tempo]), wanted)
    met = _cuts_to_beats(found, times)
    wishes: dict[int, float] = {}
    for beat, weight in zip(met, weights, strict=True):
        if beat:  # beat 0 begins a bar anyway
            wishes[beat] = max(float(weight), wishes.get(beat, 0.0))
    bars = find_bars(len(times) - 1, wishes)
    cuts_met = tuple(Cut(float(time), beat) for time, beat in zip(found, met, strict=True))
    return Grid(times, bars, find_sections(times, bars, wishes), cuts_met)


def _find_times(duration: float, cuts: np.ndarray, weights: np.ndarray, bases: np.ndarray, wanted: float) -> np.ndarray:
    """Beat times, (beats + 1,) seconds; even ones where the video is too short for anything else."""
    shortest = 60 / bases.max() * np.exp(-FARTHEST)
    chosen = choose_anchors(cuts, weights, duration, shortest)
    anchors = np.concatenate([[0.0], cuts[chosen], [duration]])
    stretches = find_stretches(anchors, np.concatenate([[0.0], weights[chosen], [0.0]]), bases, wanted)
    if not stretches:
        return np.linspace(0.0, duration, max(1, round(duration * wanted / 60)) + 1)
    parts = [np.linspace(anchors[s.first], anchors[s.last], s.beats, endpoint=False) for s in stretches]
    return np.concatenate([*parts, [duration]])


def _cuts_to_beats(cuts: np.ndarray, times: np.ndarray) -> list[int | None]:
    """The beat that lies on each cut; the end is no beat."""
    middles = (times[:-2] + times[1:-1]) / 2
    nearest = np.searchsorted(middles, cuts)
    return [int(beat) if abs(times[beat] - cut) <= MET else None for beat, cut in zip(nearest, cuts, strict=True)]
