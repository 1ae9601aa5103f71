"""What the report shows of whether the model looks, whether it can be believed, and each song by itself."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from amt.report.charts import scatter
from amt.report.forest import Difference, forest, reliability

CONTROLS = {
    "other": "another video",
    "without all": "no picture",
    "without semantic": "no semantics",
    "without scene_offset": "no scenes",
    "without motion": "no motion",
    "without emotion": "no emotion",
}
"""Words for the parts of `control` in reports/evaluate/metrics.json, in the order of the page."""
PROGRESSIONS = {
    "real": "the real songs",
    "amt": "AMT, drawn from its probabilities",
    "amt composing": "AMT, as music is made",
    "memory": "in-song memory, drawn",
}
"""Words for the rows of `free_running`, in the order of the page."""
_STRONG = ("other", "without all")


def control_forest(evaluate: dict[str, Any]) -> Markup:
    """What cross-entropy rises by under each control."""
    parts = (evaluate.get("control") or {}).get("parts", {})
    found = {name: parts.get(name, {}).get("cross_entropy") for name in CONTROLS}
    rows = [Difference(CONTROLS[n], f["difference"], f["interval"], n in _STRONG) for n, f in found.items() if f]
    return forest("rise of cross-entropy under each control, with 95 % intervals", rows) if rows else Markup("")


def calibration_plot(plots: dict[str, Any]) -> Markup:
    """The AMT's reliability in front of the memory's."""
    bins = plots.get("calibration") or {}
    shown = [("memory", "truth"), ("amt", "first")]
    models = [("AMT" if name == "amt" else name, class_, bins[name]) for name, class_ in shown if bins.get(name)]
    return reliability("reliability diagram", models) if models else Markup("")


def song_scatter(songs: dict[str, list]) -> Markup:
    """Hits@1 of each song, the AMT's over the memory's."""
    hits: dict[str, dict[str, float]] = {"amt": {}, "memory": {}}
    for name, model, part, value in zip(songs["video_id"], songs["model"], songs["part"], songs["hits1"], strict=True):
        if part == "all" and model in hits and value == value:  # not NaN
            hits[model][name] = value
    points = [(hits["memory"][name], value) for name, value in sorted(hits["amt"].items()) if name in hits["memory"]]
    return scatter("Hits@1 of each song, memory and AMT", points, "in-song memory", "AMT") if points else Markup("")
