"""The closing table of evaluation, for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def print_summary(metrics: dict) -> None:
    """Print the chord figures, the control and the rhythm figures of `metrics` (as written to metrics.json)."""
    console = Console()
    where = f"{metrics['songs']} songs of the {metrics['split']} split, {metrics['seconds']} s"
    if metrics["split"] != metrics["split_wanted"]:
        where += f" (the {metrics['split_wanted']} split has no song with chords)"
    console.print(_chord_table(metrics["chords"], f"evaluate: chords, {where}"))
    if metrics["control"] and "cross_entropy" in metrics["control"]:
        gain = metrics["control"]["cross_entropy"]
        console.print(
            f"control: cross-entropy {gain['own']:.3f} with the right video, {gain['other']:.3f} with another one"
        )
    console.print(_rhythm_table(metrics["rhythm"]))


def _chord_table(chords: dict, title: str) -> Table:
    table = Table(title=title)
    for name in ("", "Hits@1", "Hits@3", "Hits@5", "cross-entropy", "Hits@1 at changes"):
        table.add_column(name, justify="left" if not name else "right")
    for name, scores in chords.items():
        figures = [scores["all"][key] for key in ("hits1", "hits3", "hits5", "cross_entropy")]
        table.add_row(name, *(_number(value) for value in [*figures, scores["changes"]["hits1"]]))
    return table


def _rhythm_table(rhythm: dict) -> Table:
    table = Table(title="evaluate: note density and loudness")
    for name in ("", "by", "RMSE", "correlation in a song", "spread"):
        table.add_column(name, justify="right" if name[:1].isupper() else "left")
    for target, entries in rhythm.items():
        for name, scores in entries.items():
            table.add_row(target, name, *(_number(scores[key]) for key in ("rmse", "correlation", "std_ratio")))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
