"""The pictures of the page, each from what it needs; what has no data has no picture."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from markupsafe import Markup

from amt.report.charts import Bar, Series, bars, confusion, lines, pairs, scatter
from amt.report.findings import BASELINES
from amt.report.inputs import Curves, Inputs
from amt.report.looks import calibration_plot, control_forest, song_scatter

_COMMONEST, _LISTED = 16, 11
_DOTS = 1200
_MODELS = {"amt": "AMT", **{name: name for name in BASELINES}}
_CURVES = {
    "loss": "Loss",
    "chords": "Cross-entropy of the chords",
    "affective": "Affective matching loss",
    "hits1": "Hits@1",
}
_BY = {"model": "model", "mean": "mean", "other": "other video"}


def distribution(title: str, counts: dict[str, int], unit: str = "", most: int = _LISTED) -> Markup:
    """Bars of the largest counts, the rest in one."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = len(ordered) if len(ordered) <= most + 1 else most  # a bar for one other could as well be its own
    rows = [Bar(name, value) for name, value in ordered[:shown]]
    if rest := ordered[shown:]:
        rows.append(Bar(f"{len(rest)} others", sum(value for _, value in rest), strong=False))
    return bars(title, rows, unit, digits=0) if rows else Markup("")


def learning_curves(curves: Curves, best: int | None) -> list[tuple[str, Markup]]:
    """One picture a figure (loss, chords, ...), training and validation together; the best epoch is marked."""
    figures: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(dict)
    for name, points in curves.items():
        part, _, figure = name.rpartition("/")
        if part in ("train", "val") and points:
            figures[figure][part] = points
    return [
        (_CURVES.get(figure, figure), lines(f"learning curve of {figure}", _parts(parts), "epoch", figure, best))
        for figure, parts in sorted(figures.items())
    ]


def _parts(parts: dict[str, list[tuple[float, float]]]) -> list[Series]:
    shown = {"train": ("training", "truth"), "val": ("validation", "first")}
    return [Series(words, parts[part], class_) for part, (words, class_) in shown.items() if part in parts]


def hits_bars(evaluate: dict[str, Any], part: str) -> Markup:
    """Hits@1 of the AMT and of counting with intervals over songs; `part` is all or changes."""
    rows = []
    for name, label in _MODELS.items():
        scores = evaluate["chords"].get(name)
        if scores:
            interval = ((scores.get("interval") or {}).get(part) or {}).get("hits1")
            rows.append(Bar(label, scores[part].get("hits1"), interval, name == "amt"))
    return bars(f"Hits@1 with 95 % intervals, {part}", rows, limit=1.0)


def rhythm_bars(evaluate: dict[str, Any], target: str) -> Markup:
    """RMSE of density or loudness by the model, the mean, and the model with another video."""
    rows = []
    for name, label in _BY.items():
        scores = evaluate["rhythm"][target].get(name)
        if scores:
            rows.append(Bar(label, scores.get("rmse"), (scores.get("interval") or {}).get("rmse"), name == "model"))
    return bars(f"RMSE of {target}", rows)


def chord_distribution(plots: dict[str, Any]) -> Markup:
    """Seconds of the commonest chords, in truth and as predicted."""
    rows = [(x["chord"], x["true"], x["predicted"]) for x in plots.get("chords", [])[:_COMMONEST]]
    return pairs("chords, true and predicted", rows, ("true", "predicted"), "seconds") if rows else Markup("")


def confusions(plots: dict[str, Any]) -> list[tuple[str, Markup]]:
    """Heat maps of roots and of qualities."""
    return [
        (part, confusion(f"confusion of {part}", **plots[part])) for part in ("roots", "qualities") if part in plots
    ]


def density_scatter(predictions: dict[str, list]) -> Markup:
    """True against predicted note density; of very many seconds, evenly chosen ones."""
    points = _known(predictions["density_true"], predictions["density_predicted"])
    step = max(1, len(points) // _DOTS)
    chosen = points[::step]
    return scatter("note density, true and predicted", chosen, "true", "predicted") if chosen else Markup("")


def song_lines(predictions: dict[str, list], target: str) -> tuple[str, Markup]:
    """Id of the longest song (the first of these by id), and its true and predicted `target` over time."""
    songs: dict[str, list[int]] = defaultdict(list)
    for row, (name, true) in enumerate(zip(predictions["video_id"], predictions[f"{target}_true"], strict=True)):
        if true is not None:
            songs[name].append(row)
    if not songs:
        return "", Markup("")
    name = min(songs, key=lambda song: (-len(songs[song]), song))
    series = [
        Series(
            words, [(predictions["second"][row], predictions[f"{target}_{column}"][row]) for row in songs[name]], css
        )
        for words, column, css in (("true", "true", "truth"), ("predicted", "predicted", "first"))
    ]
    return name, lines(f"{target} of {name}", series, "seconds", target)


def _known(true: list, predicted: list) -> list[tuple[float, float]]:
    return [pair for pair in zip(true, predicted, strict=True) if None not in pair]


def page_plots(inputs: Inputs) -> dict[str, Any]:
    """Every picture by its name in the template."""
    data, evaluate, plots, predictions = inputs.dataset or {}, inputs.evaluate, inputs.plots, inputs.predictions
    found: dict[str, Any] = {
        "data": {name: distribution(name, data.get(name) or {}) for name in ("splits", "chords", "keys", "emotions")},
        "curves": {name: learning_curves(each, inputs.best_epoch.get(name)) for name, each in inputs.curves.items()},
    }
    if evaluate:
        found |= {
            "hits": {part: hits_bars(evaluate, part) for part in ("all", "changes")},
            "control": control_forest(evaluate),
            "rhythm": {target: rhythm_bars(evaluate, target) for target in ("density", "loudness")},
        }
    if plots:
        found |= {
            "chords": chord_distribution(plots),
            "confusions": confusions(plots),
            "calibration": calibration_plot(plots),
        }
    if inputs.songs:
        found["songs"] = song_scatter(inputs.songs)
    if predictions:
        found |= {
            "scatter": density_scatter(predictions),
            "song": {target: song_lines(predictions, target) for target in ("density", "loudness")},
        }
    return found
