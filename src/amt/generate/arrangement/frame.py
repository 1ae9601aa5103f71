"""A lead sheet as its players read it: beat by beat, with its chord, its place in the bar, and who plays."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass

from amt.generate.lead_sheet import LeadSheet
from amt.generate.styles.style import Instrument, Style


@dataclass(frozen=True)
class Beat:
    """A beat.

    Attributes:
        start, end: seconds.
        label: its chord; `span_end`: seconds, when that ends.
        changes: whether the chord, or the last one anew, begins here.
        place: in its bar, from 0.
        bar, section: indices.
        cut: whether a cut lies on it.
        density: notes a second.
        mood: of its section.
    """

    index: int
    start: float
    end: float
    label: str
    span_end: float
    changes: bool
    place: int
    bar: int
    section: int
    cut: bool
    density: float
    mood: str

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


def sheet_to_beats(sheet: LeadSheet) -> list[Beat]:
    """All beats; a chord that begins before the grid's final beat and lasts to the end is struck anew there."""
    grid = sheet.grid
    cuts = {cut.beat for cut in sheet.grid.cuts}
    beats = []
    for span in sheet.chords:
        first, end = span.beat, span.beat + span.beats
        edges = [first, grid.final, end] if first < grid.final < end else [first, end]
        for index in range(first, end):
            part = bisect(edges, index)
            bar, section = bisect(grid.bars, index) - 1, bisect(grid.sections, index) - 1
            beats.append(
                Beat(
                    index=index,
                    start=float(grid.times[index]),
                    end=float(grid.times[index + 1]),
                    label=span.label,
                    span_end=float(grid.times[edges[part]]),
                    changes=index in edges,
                    place=index - grid.bars[bar],
                    bar=bar,
                    section=section,
                    cut=index in cuts,
                    density=float(sheet.density[index]),
                    mood=sheet.moods[section],
                )
            )
    return beats


def cast(style: Style, beats: list[Beat]) -> list[dict[str, Instrument]]:
    """Who plays in each section: those whose densities and moods are the section's; never nobody.

    Where no bass, or nobody who could play the chords, would be left, the first of the style that can comes in.
    """
    sections = []
    for number in range(beats[-1].section + 1):
        mine = [beat for beat in beats if beat.section == number]
        density, mood = sum(beat.density for beat in mine) / len(mine), mine[0].mood
        playing = {
            name: player
            for name, player in style.instruments.items()
            if player.enters <= density < player.leaves and (not player.moods or mood in player.moods)
        }
        sections.append(_complete(playing, style))
    return sections


def _complete(playing: dict[str, Instrument], style: Style) -> dict[str, Instrument]:
    for roles in (("bass",), ("chords", "arpeggio", "pad"), ("chords", "pad", "arpeggio", "melody", "bass", "drums")):
        if not any(player.role in roles for player in playing.values()):
            spare = [(name, player) for name, player in style.instruments.items() if player.role in roles]
            playing = playing | dict(spare[:1])
    return {name: player for name, player in style.instruments.items() if name in playing}
