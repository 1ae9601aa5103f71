"""The front page of the published reports: every run with its verdict, and how the figures went from run to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from muvisync.publish.entry import PublishedRun
from muvisync.svg import Plane, line, path, picture, short, tag, text, ticks

FIGURES = (
    ("cross_entropy", "Cross-entropy of the next chord", "lower is better"),
    ("hits1", "Next chord right (Hits@1)", "higher is better"),
    ("density_rmse", "Error of note density (RMSE)", "lower is better"),
    ("loudness_rmse", "Error of loudness (RMSE)", "lower is better"),
)
_WIDTH, _HEIGHT = 380, 190
_SAID = {"promote": "promoted", "reject": "rejected", "unchanged": "unchanged"}
_PAGES = Environment(loader=PackageLoader("muvisync.publish"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def front_page(runs: Sequence[PublishedRun]) -> str:
    """HTML that needs nothing from elsewhere; `runs` are the newest first."""
    oldest_first = list(reversed(runs))
    trends = [(label, hint, chart) for name, label, hint in FIGURES if (chart := _trend(oldest_first, name, label))]
    videos = [(run, run.entry.data.get("videos")) for run in oldest_first]
    if chart := _chart("Videos in the dataset", videos):
        trends.append(("Videos in the dataset", "", chart))
    return _PAGES.get_template("front.html.j2").render(
        runs=runs, trends=trends, said=_SAID, when=_when, figures=list(_shown(runs)), newest=runs[0]
    )


def latest_page(run: PublishedRun) -> str:
    """A page that leads to a run's report."""
    return _PAGES.get_template("latest.html.j2").render(run=run)


def _shown(runs: Sequence[PublishedRun]) -> Iterator[tuple[str, str]]:
    return ((name, label) for name, label, _ in FIGURES if any(name in run.entry.metrics for run in runs))


def _when(run: PublishedRun) -> str:
    try:
        return datetime.fromisoformat(run.entry.time).strftime("%d %b %Y, %H:%M")
    except ValueError:
        return run.entry.time


def _trend(runs: Sequence[PublishedRun], name: str, label: str) -> Markup | None:
    return _chart(label, [(run, run.entry.metrics.get(name)) for run in runs])


def _chart(label: str, values: Sequence[tuple[PublishedRun, float | None]]) -> Markup | None:
    """A line over the runs: a filled dot is a candidate that was promoted, a hollow one was not."""
    points = [(place, run, value) for place, (run, value) in enumerate(values, start=1) if value is not None]
    if not points:
        return None
    low, high = min(value for *_, value in points), max(value for *_, value in points)
    room = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
    plane = Plane(46, 12, _WIDTH - 14, _HEIGHT - 24, (0.5, len(values) + 0.5), (low - room, high + room))
    body = [line(plane.left, plane.py(tick), plane.right, plane.py(tick), "grid") for tick in ticks(*plane.y, count=4)]
    body += [text(plane.left - 6, plane.py(tick) + 4, short(tick), "end", "tick") for tick in ticks(*plane.y, count=4)]
    body.append(path(((plane.px(place), plane.py(value)) for place, _, value in points), "line first"))
    body += [_dot(plane, place, run, value) for place, run, value in points]
    ends = {1, len(values)}
    body += [
        text(plane.px(place), _HEIGHT - 6, run.entry.id.partition("-")[0], "middle", "tick")
        for place, run, _ in points
        if place in ends
    ]
    said = ", ".join(f"{run.entry.id.partition('-')[0]}: {value:.4g}" for _, run, value in points)
    return picture(_WIDTH, _HEIGHT, f"{label} from run to run: {said}", *body)


def _dot(plane: Plane, place: int, run: PublishedRun, value: float) -> Markup:
    name = f"{run.entry.id.partition('-')[0]}, {_SAID.get(run.entry.verdict, run.entry.verdict)}: {value:.4g}"
    kind = "dot" if run.entry.verdict == "promote" else "dot hollow"
    return tag("circle", tag("title", name), cx=plane.px(place), cy=plane.py(value), r=4.5, class_=kind)
