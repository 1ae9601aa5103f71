"""One chord a second -> chords on beats: changes at bars and cuts, a cadence at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from amt.generate.grid import Grid
from amt.generate.grid.cut_weights import cuts_to_room
from amt.generate.harmony.place_changes import Change, place_changes
from amt.generate.harmony.related_chords import dominant, relate_chord, tonic
from amt.generate.lead_sheet import ChordSpan
from muvisync.chords import NO_CHORD, Key

ALONE = 1.0
"""Seconds; a cut with so much room on both sides asks for a chord of its own."""
_SHORTEST_CADENCE = 4.0  # seconds; a shorter video gets the tonic alone
_DOMINANT_BEATS = (2, 3, 4)  # before the last bar; more than two only for a cut
_OPENING = 4  # bars; a piece of fewer has no time to open with its tonic
_ROOM = 2  # beats; a chord put in and what is left of the one before have so many
_CUT, _CROWDED_CUT, _DOWNBEAT, _STRONG = 2.5, 0.5, 1.6, 0.8  # how each draws a change: 1.5 is worth a second


def lay_chords(chords: Sequence[str], grid: Grid, key: Key, kept: int) -> tuple[ChordSpan, ...]:
    """Put chords on the beats of `grid`.

    A change goes to a beat near its second, best to one with a cut or that begins a bar (`place_changes`). A chord held
    over a lone cut within a bar gives way there to a related one. The tonic comes on the final beat, after its dominant
    where there is time, and a piece of some bars begins with it.

    Args:
        chords: at least one, one a second, in the key to be heard; "N" is a rest.
        kept: so many at the beginning are the user's own: they stay, and no other chord comes between them.

    Returns:
        Spans that cover all beats in order, neighbours differ.
    """
    free = int(np.abs(grid.times - kept).argmin()) if kept else 0  # the first beat that is not the user's
    alone = lone_cuts(grid)
    end, ending = _end_chords(grid, key, free, alone)
    labels = list(chords)
    if not kept and len(grid.bars) >= _OPENING:
        opening = max(1, round(grid.times[grid.bars[1]]))
        labels[:opening] = [tonic(key)] * min(opening, len(labels))
    changes = [change for change in _to_changes(labels, kept) if change.kept or change.second < grid.times[end]]
    starts = place_changes(changes, grid.times[: end + 1], _beats_to_pull(grid, alone)) | ending
    cuts = [cut for cut in alone if free <= cut < end and cut not in grid.bars]
    return _to_spans(_substitute(starts, cuts, grid, key, free), grid.beats)


def lone_cuts(grid: Grid) -> list[int]:
    """Beats on which a cut lies that has at least ALONE seconds on both sides, ascending."""
    room = cuts_to_room(np.array([cut.time for cut in grid.cuts]), grid.duration)
    return sorted({c.beat for c, seconds in zip(grid.cuts, room, strict=True) if c.beat and seconds >= ALONE})


def _beats_to_pull(grid: Grid, alone: Sequence[int]) -> np.ndarray:
    """How strongly each beat draws changes, (beats,)."""
    pull = np.zeros(grid.beats)
    pull[[cut.beat for cut in grid.cuts if cut.beat is not None]] = _CROWDED_CUT
    pull[list(alone)] = _CUT
    pull[list(grid.bars)] += _DOWNBEAT
    thirds = {bar + 2 for bar in grid.bars} - {*grid.bars, grid.beats, grid.beats + 1}
    pull[sorted(thirds)] += _STRONG  # the third beat is the other strong one
    return pull


def _end_chords(grid: Grid, key: Key, free: int, cuts: Sequence[int]) -> tuple[int, dict[int, str]]:
    """Where the ending begins, and its chords by the beat on which each starts; nothing of the user's is replaced."""
    cadence = grid.duration >= _SHORTEST_CADENCE
    last = max(grid.final if cadence else grid.bars[-1], free)
    if last >= grid.beats:
        return grid.beats, {}
    ending = {last: tonic(key)}
    starts = [last - beats for beats in _DOMINANT_BEATS if last - beats >= max(free, 1)]
    if not starts or not cadence:
        return last, ending
    start = next((beat for beat in starts if beat in cuts), starts[0])
    return start, {start: dominant(key)} | ending


def _to_changes(labels: Sequence[str], kept: int) -> list[Change]:
    """Each chord with the second in which it comes, once for as long as it stays."""
    changes = []
    for _, run in groupby(enumerate(labels), key=lambda pair: pair[1]):
        second, label = next(run)
        changes.append(Change(float(second), label, second < kept))
    return changes


def _substitute(starts: Mapping[int, str], cuts: Sequence[int], grid: Grid, key: Key, free: int) -> dict[int, str]:
    """The same chords, but where one is held over one of the `cuts` a related one begins there."""
    starts = dict(starts)
    for cut in cuts:
        before = max(beat for beat in starts if beat <= cut)
        after = min((beat for beat in starts if beat > cut), default=grid.beats)
        crowded = cut - before < _ROOM or after - cut < _ROOM or grid.times[cut] - grid.times[before] < ALONE
        if not crowded and before >= free and starts[before] != NO_CHORD:
            starts[cut] = relate_chord(starts[before], key, other_than=starts.get(after, ""))
    return starts


def _to_spans(starts: Mapping[int, str], beats: int) -> tuple[ChordSpan, ...]:
    """Chords by the beat on which each starts -> spans to the end of `beats`; equal neighbours become one."""
    ordered = sorted(starts.items())
    firsts = [(beat, label) for n, (beat, label) in enumerate(ordered) if not n or ordered[n - 1][1] != label]
    ends = [beat for beat, _ in firsts[1:]] + [beats]
    return tuple(ChordSpan(beat, end - beat, label) for (beat, label), end in zip(firsts, ends, strict=True))
