"""The front page of the published reports: every run with its verdict, and how the figures went from run to run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader

from muvisync.publish.entry import SAID, PublishedRun
from muvisync.publish.trends import FIGURES, trends

_PAGES = Environment(loader=PackageLoader("muvisync.publish"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def front_page(runs: Sequence[PublishedRun]) -> str:
    """HTML that needs nothing from elsewhere; `runs` are the newest first."""
    return _PAGES.get_template("front.html.j2").render(
        runs=runs, trends=list(trends(runs[::-1])), said=SAID, when=_when, figures=_figures, newest=runs[0]
    )


def latest_page(run: PublishedRun) -> str:
    """A page that leads to a run's report."""
    return _PAGES.get_template("latest.html.j2").render(run=run)


def _figures(run: PublishedRun) -> list[tuple[str, str]]:
    """Names and values of what is known of a run."""
    known = ((figure, figure.get(run.entry)) for figure in FIGURES)
    return [(figure.name, figure.form.format(value)) for figure, value in known if value is not None]


def _when(run: PublishedRun) -> str:
    try:
        return datetime.fromisoformat(run.entry.time).strftime("%d %b %Y, %H:%M")
    except ValueError:
        return run.entry.time
