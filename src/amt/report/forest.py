"""A chart of differences with their intervals around zero, and a chart of whether probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from amt.report.charts import WIDTH
from muvisync.svg import Plane, line, path, picture, short, tag, text, ticks

_ROW = 28
_LARGEST_DOT = 8.0


class Difference(NamedTuple):
    """A row: its name, the difference, its 95 % interval if known, and whether it is the one the chart is about."""

    name: str
    value: float
    interval: Sequence[float] | None = None
    strong: bool = False


def forest(title: str, rows: Sequence[Difference], digits: int = 3) -> Markup:
    """A dot and a whisker a row, with an upright line at zero."""
    ends = [end for row in rows for end in (row.value, *(row.interval or ()))]
    low, high = min([*ends, 0.0]), max([*ends, 1e-3])
    room = (high - low) * 0.05
    plane = Plane(
        16 + 7.2 * max(len(row.name) for row in rows),
        4,
        WIDTH - 58,
        4 + _ROW * len(rows),
        (low - room, high + room),
        (0, 1),
    )
    body = [_grid(plane), line(plane.px(0), plane.top, plane.px(0), plane.bottom, "axis")]
    body += [_whisker(plane, plane.top + (place + 0.5) * _ROW, row, digits) for place, row in enumerate(rows)]
    return picture(WIDTH, plane.bottom + 24, title, *body)


def _grid(plane: Plane) -> Markup:
    parts = []
    for value in ticks(*plane.x, count=3):
        parts.append(line(plane.px(value), plane.top, plane.px(value), plane.bottom, "grid"))
        parts.append(text(plane.px(value), plane.bottom + 15, short(value), "middle", "tick"))
    return Markup("").join(parts)


def _whisker(plane: Plane, y: float, row: Difference, digits: int) -> Markup:
    parts = [text(plane.left - 8, y + 4, row.name, "end", "name")]
    if row.interval:
        low, high = (plane.px(end) for end in row.interval)
        parts += [line(low, y, high, y, "whisker"), *(line(x, y - 4, x, y + 4, "whisker") for x in (low, high))]
    parts.append(tag("circle", cx=plane.px(row.value), cy=y, r=5, class_="bar" if row.strong else "bar weak"))
    value = f"{round(row.value, digits) + 0.0:+.{digits}f}"
    return Markup("").join([*parts, text(WIDTH, y + 4, value, "end", "value")])


def reliability(title: str, models: Sequence[tuple[str, str, Sequence[dict[str, Any]]]]) -> Markup:
    """How often a model was right (upwards) where it was so sure (across); dots as large as the share of such seconds.

    Args:
        models: name, class that colours it, and bins with "steps", "confidence" and "right"; the last stands in front.
    """
    plane = Plane(40, 46, WIDTH - 14, 46 + WIDTH - 54, (0, 1), (0, 1))
    body = [plane.axes("predicted probability", "share right")]
    body.append(line(plane.px(0), plane.py(0), plane.px(1), plane.py(1), "mark"))
    for place, (name, class_, bins) in enumerate(models):
        points = [(plane.px(each["confidence"]), plane.py(each["right"])) for each in bins]
        most = max((each["steps"] for each in bins), default=1)
        sizes = [max(1.5, _LARGEST_DOT * (each["steps"] / most) ** 0.5) for each in bins]
        dots = [tag("circle", cx=x, cy=y, r=size) for (x, y), size in zip(points, sizes, strict=True)]
        body += [path(points, f"line {class_}"), tag("g", *dots, class_=f"dots {class_}")]
        x = 40 + 90 * place
        body += [line(x, 10, x + 16, 10, f"line {class_}"), text(x + 21, 14, name, "start", "name")]
    return picture(WIDTH, plane.bottom + 38, title, *body)
