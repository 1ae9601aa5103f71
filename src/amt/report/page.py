"""What was measured -> the page as text."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup

from amt.report.findings import BASELINES, key_figures, verdicts
from amt.report.inputs import Inputs
from amt.report.looks import CONTROLS, PROGRESSIONS
from amt.report.plots import page_plots
from amt.report.timeline import timeline
from amt.report.truth import FIGURES, truth_checks

_TEMPLATES = "templates"


def inputs_to_page(inputs: Inputs) -> str:
    """The whole page, HTML with everything in it but the generated videos; the same inputs give the same text."""
    environment = Environment(
        loader=PackageLoader("amt.report", _TEMPLATES),
        autoescape=True,
        undefined=ChainableUndefined,  # a figure that a stage did not write is shown as missing
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "percent": percent, "clock": clock, "signed": signed}
    return environment.get_template("page.html.j2").render(
        inputs=inputs,
        figures=key_figures(inputs),
        verdicts=verdicts(inputs),
        checks=truth_checks(inputs.sample),
        truth_figures=FIGURES,
        baselines=BASELINES,
        controls=CONTROLS,
        progressions=PROGRESSIONS,
        plots=page_plots(inputs),
        timelines={made["video_id"]: timeline(made) for made in inputs.made},
        style=_asset("style.css"),
        script=_asset("script.js"),
    )


def number(value: Any, digits: int = 3) -> str:
    """A figure for a table; a dash where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.{digits}f}"


def signed(value: Any, digits: int = 3) -> str:
    """A difference for a table, with its sign; a dash where there is none."""
    return f"{round(value, digits) + 0.0:+.{digits}f}" if isinstance(value, int | float) else "–"


def percent(value: Any) -> str:
    """A share as per cent; a dash where there is none."""
    return f"{value:.1%}" if isinstance(value, int | float) else "–"


def clock(seconds: Any) -> str:
    """Seconds as h:mm:ss or m:ss."""
    if not isinstance(seconds, int | float):
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _asset(name: str) -> Markup:
    return Markup((files("amt.report") / _TEMPLATES / name).read_text(encoding="utf-8"))
