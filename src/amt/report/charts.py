"""The charts of the page: values in, a picture out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from muvisync.svg import Plane, line, path, picture, short, tag, text, ticks

WIDTH = 380  # a phone's width: the letters stay readable there
_ROW = 30


class Bar(NamedTuple):
    """A bar: its name, value, 95 % interval if known, and whether it is the one the chart is about."""

    name: str
    value: float | None
    interval: Sequence[float] | None = None
    strong: bool = True


class Series(NamedTuple):
    """A line: its name, its points, and the class that colours it."""

    name: str
    points: Sequence[tuple[float, float]]
    class_: str


def bars(title: str, rows: Sequence[Bar], unit: str = "", digits: int = 3, limit: float | None = None) -> Markup:
    """Lying bars with their values and intervals; `limit` is the end of the scale, else the largest value."""
    ends = [value for row in rows for value in (row.value, *(row.interval or ())) if value is not None]
    left = 16 + 7.6 * max((len(row.name) for row in rows), default=0)
    plane = Plane(left, 0, WIDTH - 64, 0, (0, limit or max([*ends, 1e-9])), (0, 1))
    body = [_bar(plane, place * _ROW + 4, row, unit, digits) for place, row in enumerate(rows)]
    return picture(WIDTH, len(rows) * _ROW + 6, title, *body)


def _bar(plane: Plane, top: float, row: Bar, unit: str, digits: int) -> Markup:
    middle = top + 11
    parts = [text(plane.left - 8, middle + 4, row.name, "end", "name")]
    if row.value is None:
        return Markup("").join([*parts, text(plane.left, middle + 4, "not measured", "start", "tick")])
    width = max(plane.px(row.value) - plane.left, 0)
    parts.append(
        tag("rect", x=plane.left, y=top, width=width, height=22, rx=3, class_="bar" if row.strong else "bar weak")
    )
    if row.interval:
        low, high = (plane.px(max(end, 0)) for end in row.interval)
        parts += [
            line(low, middle, high, middle, "whisker"),
            *(line(x, middle - 4, x, middle + 4, "whisker") for x in (low, high)),
        ]
    end = max(plane.px(row.interval[1]) if row.interval else 0, plane.left + width)
    return Markup("").join([*parts, text(end + 6, middle + 4, f"{row.value:.{digits}f}{unit}", "start", "value")])


def lines(title: str, series: Sequence[Series], x_label: str, y_label: str, mark: float | None = None) -> Markup:
    """Lines over a common x, with a legend; `mark` draws an upright line there."""
    series = [each for each in series if each.points]
    xs = [x for each in series for x, _ in each.points]
    ys = [y for each in series for _, y in each.points]
    low, high = min([*ys, 0.0]) if min(ys) < 0.25 * max(ys) else min(ys), max(ys)
    plane = Plane(40, 46, WIDTH - 12, 226, (min(xs), max(max(xs), min(xs) + 1)), _padded(low, high))
    body = [plane.axes(x_label, y_label), _legend(series, 14)]
    if mark is not None:
        body.append(line(plane.px(mark), plane.top, plane.px(mark), plane.bottom, "mark"))
    body += [path(((plane.px(x), plane.py(y)) for x, y in each.points), f"line {each.class_}") for each in series]
    return picture(WIDTH, 264, title, *body)


def scatter(title: str, points: Sequence[tuple[float, float]], x_label: str, y_label: str) -> Markup:
    """Points with the diagonal on which predictions would be right."""
    high = max(max(point) for point in points) * 1.05 or 1.0
    plane = Plane(40, 30, WIDTH - 12, 226, (0, high), (0, high))
    dots = [tag("circle", cx=plane.px(x), cy=plane.py(y), r=2.6) for x, y in points]
    diagonal = line(plane.px(0), plane.py(0), plane.px(high), plane.py(high), "mark")
    return picture(WIDTH, 264, title, plane.axes(x_label, y_label), diagonal, tag("g", *dots, class_="dots"))


def pairs(title: str, rows: Sequence[tuple[str, float, float]], names: tuple[str, str], y_label: str) -> Markup:
    """Standing bars in pairs, for two distributions over the same labels."""
    width = max(WIDTH, 60 + 48 * len(rows))
    high = max(value for _, *both in rows for value in both) or 1.0
    plane = Plane(40, 46, width - 8, 226, (0, len(rows)), (0, high))
    body = [line(plane.left, plane.py(value), plane.right, plane.py(value), "grid") for value in ticks(*plane.y)]
    body += [text(plane.left - 6, plane.py(value) + 4, short(value), "end", "tick") for value in ticks(*plane.y)]
    for place, (name, *both) in enumerate(rows):
        middle = plane.px(place + 0.5)
        for side, value in enumerate(both):
            top = plane.py(value)
            shape = {"x": middle - 12 + 12 * side, "width": 11, "y": top, "height": plane.bottom - top, "rx": 1.5}
            body.append(tag("rect", **shape, class_=("bar truth", "bar")[side]))
        body.append(text(middle, plane.bottom + 16, name, "middle", "tick"))
    legend = _legend([Series(names[0], (), "truth"), Series(names[1], (), "first")], 14)
    return picture(width, 250, title, *body, legend, text(0, 36, y_label, "start", "name"), class_="chart wide")


def confusion(title: str, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> Markup:
    """A heat map: rows are the truth, columns predictions, shades shares of the row; unused labels are left out."""
    used = [i for i in range(len(labels)) if sum(counts[i]) or sum(row[i] for row in counts)]
    if not used:
        return Markup("")
    cell = (WIDTH - 66) / len(used)
    body = [text(0, 12, "truth ↓  predicted →", "start", "name")]
    for row, i in enumerate(used):
        total, y = sum(counts[i]), 56 + row * cell
        body.append(text(42, y + cell / 2 + 4, labels[i], "end", "tick"))
        turned = f"translate({47 + (row + 0.6) * cell:.1f} 51) rotate(-50)"
        body.append(tag("text", labels[i], transform=turned, class_="tick"))
        body += [_cell(47 + column * cell, y, cell, counts[i][j] / max(total, 1)) for column, j in enumerate(used)]
    return picture(WIDTH, 60 + len(used) * cell, title, *body)


def _cell(x: float, y: float, side: float, share: float) -> Markup:
    shape = {"x": x, "y": y, "width": side - 1.5, "height": side - 1.5, "rx": 2}
    square = tag("rect", **shape, class_="cell", fill_opacity=round(0.06 + 0.94 * share, 2))
    if share < 0.005 or side < 20:
        return square
    number = text(
        x + side / 2 - 0.75, y + side / 2 + 3, f"{share * 100:.0f}", "middle", "on" if share > 0.5 else "tiny"
    )
    return square + number


def _legend(series: Sequence[Series], y: float) -> Markup:
    parts, x = [], 40.0
    for each in series:
        parts += [line(x, y - 4, x + 16, y - 4, f"line {each.class_}"), text(x + 21, y, each.name, "start", "name")]
        x += 40 + 7 * len(each.name)
    return Markup("").join(parts)


def _padded(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.06 or 0.5
    return (low if low == 0 else low - room), high + room
