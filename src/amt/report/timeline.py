"""The timeline under a generated video: its chords, and what was predicted against what was made."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from muvisync.chord_colour import chord_colour, short_chord
from muvisync.svg import Plane, line, path, picture, tag, text, ticks

_SECOND, _LEAST, _LEFT = 26, 1000, 4


def timeline(made: dict[str, Any]) -> Markup:
    """Cuts, chords, note density and loudness over time; `made` is a generated video's JSON.

    The attributes data-left and data-right say where time 0 and the end lie, for the playhead.
    """
    duration, values = made["duration"], made["per_second"]
    width = max(_LEAST, _SECOND * duration + 2 * _LEFT)
    scale = Plane(_LEFT, 0, width - _LEFT, 1, (0, duration), (0, 1))
    body = [*_cuts(made["cuts"], scale), _chord_strip(made["chords"], scale), _seconds(scale, duration)]
    body.append(_curves("notes a second", values["density"], scale, 96))
    body.append(_curves("loudness over its mean", _relative(values["loudness"]), scale, 176))
    body.append(line(_LEFT, 22, _LEFT, 240, "playhead"))
    drawn = picture(width, 246, "chords, note density and loudness over time", *body, class_="chart wide timeline")
    place = {"data_left": _LEFT, "data_right": width - _LEFT, "data_width": width, "data_duration": duration}
    return tag("div", drawn, class_="scroll", **place)


def _cuts(cuts: list[dict[str, Any]], scale: Plane) -> list[Markup]:
    return [line(scale.px(cut["time"]), 18, scale.px(cut["time"]), 240, "axis") for cut in cuts]


def _chord_strip(chords: list[dict[str, Any]], scale: Plane) -> Markup:
    parts = []
    for chord in chords:
        label, left, right = chord["label"], scale.px(chord["start"]), scale.px(chord["end"])
        shape = {"x": left, "y": 22, "width": max(right - left - 1, 0.5), "height": 34, "rx": 3}
        parts.append(tag("rect", tag("title", label), **shape, fill=chord_colour(label)))
        if right - left >= 7.5 * len(label):
            parts.append(text((left + right) / 2, 44, label, "middle", "chord"))
        elif right - left >= 18:
            parts.append(text((left + right) / 2, 44, short_chord(label), "middle", "chord"))
    return Markup("").join(parts)


def _seconds(scale: Plane, duration: float) -> Markup:
    marks = [
        text(scale.px(at), 14, f"{at:g} s", "start", "tick") for at in ticks(0, duration, 10) if at < duration - 0.7
    ]
    return Markup("").join(marks)


def _curves(name: str, pair: dict[str, list[float]], scale: Plane, top: float) -> Markup:
    high = max([*pair["predicted"], *pair["realised"], 1e-9])
    plane = Plane(scale.left, top, scale.right, top + 52, scale.x, (0, high))
    parts = [line(plane.left, plane.bottom, plane.right, plane.bottom, "axis")]
    for kind, class_ in (("predicted", "truth"), ("realised", "first")):
        steps = [(plane.px(at + side), plane.py(value)) for at, value in enumerate(pair[kind]) for side in (0, 1)]
        parts.append(path(((min(x, plane.right), y) for x, y in steps), f"line {class_}"))
    label = text(plane.left + 6, top - 8, f"{name}:", "start", "name")
    return Markup("").join([*parts, label, *_key(plane.left + 22 + 6.6 * len(name), top - 8)])


def _key(x: float, y: float) -> list[Markup]:
    parts = []
    for place, (kind, class_) in enumerate((("predicted", "truth"), ("realised", "first"))):
        left = x + 92 * place
        parts += [line(left, y - 4, left + 16, y - 4, f"line {class_}"), text(left + 21, y, kind, "start", "name")]
    return parts


def _relative(pair: dict[str, list[float]]) -> dict[str, list[float]]:
    """Both curves over their own mean: the sound is normalised to its peak, so only the shape can agree."""
    return {kind: [value / (sum(values) / len(values) or 1.0) for value in values] for kind, values in pair.items()}
