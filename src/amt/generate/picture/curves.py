"""What changes every second, drawn: motion, mood, and what was predicted against what was made."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from amt.generate.picture.style import EMOTION_COLOURS
from muvisync.schema import EMOTIONS
from muvisync.svg import Plane, line, path, tag, text

_BASELINE = 14  # of a name, above its lane


def draw_motion(motion: Sequence[float | None], plane: Plane) -> Markup:
    """An area: how much the picture moves; a second without a value counts as still."""
    values = [value or 0.0 for value in motion]
    plane = _scaled(plane, max([*values, 1e-9]))
    edges = [*_steps(values, plane), (plane.right, plane.bottom), (plane.left, plane.bottom)]
    return _name("Motion", plane) + _ground(plane) + path(edges, "motion")


def draw_mood(emotion: Sequence[Sequence[float] | None], plane: Plane) -> Markup:
    """Six areas on top of each other, with their colours named; a second without values stays empty."""
    rows = [_shares(row) for row in emotion]
    parts, below = [_name("Mood", plane), _ground(plane), _mood_key(plane)], [0.0] * len(rows)
    for place, word in enumerate(EMOTIONS):
        above = [low + row[place] for low, row in zip(below, rows, strict=True)]
        edges = [*_steps(above, plane), *reversed(_steps(below, plane))]
        parts.append(tag("polygon", tag("title", word), points=_points(edges), fill=EMOTION_COLOURS[word]))
        below = above
    return Markup("").join(parts)


def draw_curves(name: str, pair: dict[str, Sequence[float]], plane: Plane) -> Markup:
    """Two lines over their own means, for only their shapes can be compared: predicted (dashed) and realised."""
    curves = {kind: _relative(pair[kind]) for kind in ("predicted", "realised")}
    plane = _scaled(plane, max([value for curve in curves.values() for value in curve] + [1e-9]))
    parts = [_name(name, plane), _ground(plane)]
    for place, (kind, curve) in enumerate(curves.items()):
        parts += [path(_steps(curve, plane), f"line {kind}"), _line_key(plane, place, kind)]
    return Markup("").join(parts)


def _relative(values: Sequence[float]) -> list[float]:
    mean = sum(values) / max(len(values), 1) or 1.0
    return [value / mean for value in values]


def _shares(row: Sequence[float] | None) -> list[float]:
    total = sum(row) if row else 0.0
    return [value / total for value in row] if total else [0.0] * len(EMOTIONS)


def _steps(values: Sequence[float], plane: Plane) -> list[tuple[float, float]]:
    """Each value over its second; the last one ends with the piece."""
    corners = [(plane.px(at + side), plane.py(value)) for at, value in enumerate(values) for side in (0, 1)]
    return [(min(x, plane.right), y) for x, y in corners]


def _scaled(plane: Plane, high: float) -> Plane:
    return Plane(plane.left, plane.top, plane.right, plane.bottom, plane.x, (0, high))


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _name(words: str, plane: Plane) -> Markup:
    return text(plane.left, plane.top - _BASELINE, words, "start", "name")


def _ground(plane: Plane) -> Markup:
    shape = {"x": plane.left, "y": plane.top, "width": plane.right - plane.left, "height": plane.bottom - plane.top}
    return tag("rect", **shape, class_="ground")


def _line_key(plane: Plane, place: int, kind: str) -> Markup:
    x, y = plane.left + 340 + 240 * place, plane.top - _BASELINE
    return line(x, y - 5, x + 30, y - 5, f"line {kind}") + text(x + 38, y, kind, "start", "key")


def _mood_key(plane: Plane) -> Markup:
    parts, y = [], plane.top - _BASELINE
    for place, word in enumerate(EMOTIONS):
        x = plane.left + 150 + 172 * place
        parts.append(tag("rect", x=x, y=y - 13, width=16, height=16, rx=3, fill=EMOTION_COLOURS[word]))
        parts.append(text(x + 22, y, word, "start", "key"))
    return Markup("").join(parts)
