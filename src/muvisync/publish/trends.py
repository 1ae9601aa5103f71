"""How figures went from run to run, as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from muvisync.publish.entry import SAID, PublishedRun, RunEntry
from muvisync.svg import Plane, line, path, picture, short, tag, text, ticks

_WIDTH, _HEIGHT, _TOP = 380, 206, 28
_LETTER = 7  # pixels, about


class Trend(NamedTuple):
    """A figure over the runs: its name, which way is better, and the chart."""

    label: str
    hint: str
    chart: Markup


class Figure(NamedTuple):
    """A figure of a run: its name, in short and in full, which way is better, how to get it and how it is written."""

    name: str
    label: str
    hint: str
    get: Callable[[RunEntry], float | None]
    form: str = "{:.4g}"


def _metric(name: str) -> Callable[[RunEntry], float | None]:
    return lambda entry: entry.metrics.get(name)


def _hours(entry: RunEntry) -> float | None:
    seconds = entry.data.get("seconds")
    return None if seconds is None else seconds / 3600


FIGURES = (
    Figure("cross-entropy", "Cross-entropy of the next chord", "lower is better", _metric("cross_entropy")),
    Figure("Hits@1", "Next chord right (Hits@1)", "higher is better", _metric("hits1")),
    Figure("RMSE of note density", "Error of note density (RMSE)", "lower is better", _metric("density_rmse")),
    Figure("RMSE of loudness", "Error of loudness (RMSE)", "lower is better", _metric("loudness_rmse")),
    Figure("videos", "Videos in the dataset", "", lambda entry: entry.data.get("videos"), "{:,.0f}"),
    Figure("hours", "Hours in the dataset", "", _hours, "{:,.2f}"),
)


def trends(runs: Sequence[PublishedRun]) -> Iterator[Trend]:
    """The figures that any run has; `runs` are the oldest first."""
    for figure in FIGURES:
        values = [figure.get(run.entry) for run in runs]
        if any(value is not None for value in values):
            yield Trend(figure.label, figure.hint, _chart(figure, runs, values))


def _chart(figure: Figure, runs: Sequence[PublishedRun], values: Sequence[float | None]) -> Markup:
    """A line over the runs: a filled dot is a promoted candidate, an upright line a change of the champion."""
    points = [(place, value) for place, value in enumerate(values) if value is not None]
    low, high = min(value for _, value in points), max(value for _, value in points)
    room = max((high - low) * 0.15, abs(high) * 0.01) or 1.0  # noise is not blown up to a mountain
    left = 14 + _LETTER * max(len(short(tick)) for tick in ticks(low - room, high + room, count=4))
    plane = Plane(left, _TOP, _WIDTH - 14, _HEIGHT - 24, (-0.5, len(runs) - 0.5), (low - room, high + room))
    body = [_grid(plane), *_changes(plane, runs)]
    body.append(path(((plane.px(place), plane.py(value)) for place, value in points), "line first"))
    radius = max(2.0, min(4.5, 160 / len(runs)))  # many runs stay apart
    for place, value in points:
        words = f"{runs[place].entry.number}, {SAID[runs[place].entry.verdict]}: {figure.form.format(value)}"
        kind = "dot" if runs[place].entry.verdict == "promote" else "dot hollow"
        body.append(tag("circle", tag("title", words), cx=plane.px(place), cy=plane.py(value), r=radius, class_=kind))
    body += [
        text(plane.px(place), _HEIGHT - 6, runs[place].entry.number, "middle", "tick")
        for place in sorted({0, len(runs) - 1})
    ]
    said = ", ".join(f"{runs[place].entry.number}: {value:.4g}" for place, value in points)
    return picture(_WIDTH, _HEIGHT, f"{figure.label} from run to run: {said}", *body)


def _grid(plane: Plane) -> Markup:
    parts = []
    for tick in ticks(*plane.y, count=4):
        parts.append(line(plane.left, plane.py(tick), plane.right, plane.py(tick), "grid"))
        parts.append(text(plane.left - 6, plane.py(tick) + 4, short(tick), "end", "tick"))
    return Markup("").join(parts)


def _changes(plane: Plane, runs: Sequence[PublishedRun]) -> Iterator[Markup]:
    """An upright line where the champion is another than after the run before; the newest names come first."""
    champions = [run.entry.champion for run in runs]
    free = float(_WIDTH)
    for place in reversed(range(len(runs))):
        name, x = champions[place], plane.px(place)
        if not name or name == (champions[place - 1] if place else None):
            continue
        yield line(x, plane.top, x, plane.bottom, "mark")
        half = _LETTER * len(name) / 2
        middle = min(x, _WIDTH - half)
        if middle + half <= free:
            yield text(middle, plane.top - 8, name, "middle", "tick")
            free = middle - half
