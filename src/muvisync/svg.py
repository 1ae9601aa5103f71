"""Pieces of SVG as text: every text is escaped, every number is rounded, so the same figure gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

Number = int | float


def tag(name: str, *content: str, **attributes: object) -> Markup:
    """An element; `class_` becomes class, `stroke_width` stroke-width; content that isn't Markup is escaped."""
    written = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return Markup("<{}{}>{}</{}>").format(name, Markup("".join(written)), Markup("").join(content), name)


def text(x: Number, y: Number, words: object, anchor: str = "start", class_: str | None = None) -> Markup:
    """Words at a place."""
    return tag("text", str(words), x=x, y=y, text_anchor=anchor, class_=class_)


def line(x1: Number, y1: Number, x2: Number, y2: Number, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Iterable[tuple[Number, Number]], class_: str) -> Markup:
    """A line through points."""
    steps = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in points)
    return tag("polyline", points=steps, class_=class_)


def picture(
    width: Number, height: Number, title: str, *body: str, class_: str = "chart", **attributes: object
) -> Markup:
    """A whole picture; `title` is what a screen reader says; `attributes` as those of `tag`."""
    size = {"viewBox": f"0 0 {_plain(width)} {_plain(height)}", "width": width, "height": height}
    name = {"class_": class_, "role": "img", "aria_label": title, "xmlns": "http://www.w3.org/2000/svg"}
    return tag("svg", *body, **size, **name, **attributes)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers from `low` to `high` (steps of 1, 2, 2.5 or 5 times a power of ten)."""
    span = max(high - low, 1e-9)
    power = 10 ** math.floor(math.log10(span / count))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if span / (power * nice) <= count)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def short(value: float) -> str:
    """A number for an axis."""
    return f"{value:g}"


@dataclass(frozen=True)
class Plane:
    """An area of a picture with two scales: `x` and `y` are the values at its edges."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def px(self, value: float) -> float:
        """Horizontal place of a value."""
        return self.left + (value - self.x[0]) / ((self.x[1] - self.x[0]) or 1) * (self.right - self.left)

    def py(self, value: float) -> float:
        """Vertical place of a value."""
        return self.bottom - (value - self.y[0]) / ((self.y[1] - self.y[0]) or 1) * (self.bottom - self.top)

    def axes(self, x_label: str, y_label: str) -> Markup:
        """Grid, ticks and the names of both scales; the upright one's name stands above it."""
        parts = []
        for value in ticks(*self.y):
            parts.append(line(self.left, self.py(value), self.right, self.py(value), "grid"))
            parts.append(text(self.left - 6, self.py(value) + 4, short(value), "end", "tick"))
        across = ticks(*self.x, count=6)
        whole = [value for value in across if value == int(value)]
        for value in whole if whole and self.x[1] > 1 else across:  # no half epochs, but halves of a share
            parts.append(text(self.px(value), self.bottom + 16, short(value), "middle", "tick"))
        parts.append(line(self.left, self.bottom, self.right, self.bottom, "axis"))
        parts.append(text(self.right, self.bottom + 32, x_label, "end", "name"))
        parts.append(text(0, self.top - 10, y_label, "start", "name"))
        return Markup("").join(parts)


def _plain(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, Number):
        return str(value)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
