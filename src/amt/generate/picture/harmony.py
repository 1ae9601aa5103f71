"""The music's own time, drawn: chords as blocks, sections with their bars and beats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup

from muvisync.chord_colour import chord_colour, short_chord
from muvisync.svg import Plane, line, tag, text

_LETTER = 9  # width of a letter of a chord, on a wide screen
_BASELINE = 14
_LEAST_BEAT, _LEAST_NUMBER = 5, 72  # closer than this, beats are not drawn and numbers are left out


def draw_chords(chords: Sequence[dict], plane: Plane) -> Markup:
    """A block a chord, with its name where there is room; all of them tell it to who points at them."""
    name = text(plane.left, plane.top - _BASELINE, "Chords", "start", "name")
    return name + Markup("").join(_chord(chord, plane) for chord in chords)


def _chord(chord: dict, plane: Plane) -> Markup:
    left, right = plane.px(chord["start"]), plane.px(chord["end"])
    block = _block(left, right, plane, tag("title", chord["label"]), fill=chord_colour(chord["label"]), rx=3)
    middle, width = (left + right) / 2, right - left
    words = Markup("").join(
        text(middle, (plane.top + plane.bottom) / 2 + 6, label, "middle", f"chord {screen}")
        for screen, label in _labels(chord["label"], width)
    )
    return block + words


def _labels(label: str, width: float) -> Iterator[tuple[str, str]]:
    """The class of a screen, "wide" or "narrow", and what fits a block there."""
    for screen, letter in (("wide", _LETTER), ("narrow", 1.9 * _LETTER)):  # a phone's letters are larger
        fitting = [name for name in (label, short_chord(label)) if letter * len(name) + 6 <= width]
        if fitting:
            yield screen, fitting[0]


def draw_sections(timeline: dict, plane: Plane) -> Markup:
    """Sections with their moods, below them the bars, numbered, and the beats where there is room."""
    times, duration = timeline["beats"], float(timeline["duration"])
    starts = [times[section["beat"]] for section in timeline["sections"]]
    middle = plane.top + 38
    upper = Plane(plane.left, plane.top, plane.right, middle, plane.x, plane.y)
    parts = [text(plane.left, plane.top - _BASELINE, "Sections and bars", "start", "name")]
    for place, (section, (start, end)) in enumerate(
        zip(timeline["sections"], pairwise([*starts, duration]), strict=True)
    ):
        parts.append(_section(section["mood"], place, upper.px(start), upper.px(end), upper))
    lower = Plane(plane.left, middle, plane.right, plane.bottom, plane.x, plane.y)
    return Markup("").join([*parts, _beats(timeline, lower)])


def _section(mood: str, place: int, left: float, right: float, plane: Plane) -> Markup:
    block = _block(left, right, plane, tag("title", mood), class_="section" if place % 2 else "section odd")
    if right - left < 8 * len(mood) + 8:
        return block
    class_ = "mood wide" if right - left < 13 * len(mood) + 8 else "mood"
    return block + text(left + 6, plane.top + 26, mood, "start", class_)


def _beats(timeline: dict, plane: Plane) -> Markup:
    times, bars = timeline["beats"], timeline["bars"]
    parts = []
    if (plane.right - plane.left) / max(len(times) - 1, 1) >= _LEAST_BEAT:
        parts += [line(plane.px(at), plane.top + 6, plane.px(at), plane.top + 12, "beat") for at in times[:-1]]
    free = plane.left - _LEAST_NUMBER
    for number, beat in enumerate(bars, start=1):
        x = plane.px(times[beat])
        if x - free >= _LEAST_NUMBER / 8:
            parts.append(line(x, plane.top + 4, x, plane.top + 16, "first-beat"))
        if x - free >= _LEAST_NUMBER and x < plane.right - 20:
            parts.append(text(x + 4, plane.top + 24, number, "start", "bar"))
            free = x
    return Markup("").join(parts)


def _block(left: float, right: float, plane: Plane, *content: Markup, **look: object) -> Markup:
    shape = {"x": left, "y": plane.top, "width": max(right - left - 1, 0.5), "height": plane.bottom - plane.top}
    return tag("rect", *content, **shape, **look)
