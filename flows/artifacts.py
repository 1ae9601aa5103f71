"""What a run shows beside its log in Prefect: outcomes of items, and figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prefect.artifacts import create_markdown_artifact

from muvisync.files import read_json
from muvisync.ledger import STATUSES
from muvisync.stages import PER_ITEM
from muvisync.status import stage_status

_MOST_FIGURES = 60


def show_stage(stage: str) -> None:
    """Publish the counts of a stage's ledger with each item that is not ok, and its figures."""
    if stage in PER_ITEM:
        create_markdown_artifact(ledger_table(stage), key=f"ledger-{stage}", description=f"Outcomes of stage {stage}")
    metrics = Path("reports") / stage / "metrics.json"
    if metrics.exists():
        table = figures_table(read_json(metrics))
        create_markdown_artifact(
            table, key=f"metrics-{stage.replace('_', '-')}", description=f"Figures of stage {stage}"
        )


def ledger_table(stage: str) -> str:
    """Markdown: how many items have which outcome, and each one that is not ok with its reason."""
    status = stage_status(stage)
    rows = [f"| {name} | {status[name]} |" for name in ("input", *STATUSES)]
    lost = [f"| {item['id']} | {item['status']} | {item['reason']} |" for item in status["items"] if item["reason"]]
    table = ["| outcome | items |", "|---|---|", *rows]
    if lost:
        table += ["", "| item | outcome | reason |", "|---|---|---|", *lost]
    return "\n".join(table)


def figures_table(metrics: dict) -> str:
    """Markdown: the numbers of a metrics.json, each with its path in it; those without intervals."""
    rows = [f"| {name} | {value:.4g} |" for name, value in _numbers(metrics, ())]
    more = [f"| and {len(rows) - _MOST_FIGURES} more | |"] if len(rows) > _MOST_FIGURES else []
    return "\n".join(["| figure | value |", "|---|---|", *rows[:_MOST_FIGURES], *more])


def _numbers(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name != "interval":
                yield from _numbers(each, (*path, str(name)))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield " ".join(path), value
