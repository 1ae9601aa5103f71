"""`muvisync status`: what became of every item."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from muvisync.stages import PER_ITEM
from muvisync.status import stage_status


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show every stage's counts, and every failed, filtered or pending item with its reason."""
    stages = {stage: stage_status(stage) for stage in PER_ITEM}
    if as_json:
        typer.echo(json.dumps({"stages": stages}, indent=1, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    counts = Table("stage", "in", "ok", "filtered", "failed", "pending")
    lost = Table("stage", "item", "outcome", "attempts", "reason")
    for stage, found in stages.items():
        counts.add_row(stage, *(str(found[name]) for name in ("input", "ok", "filtered", "failed", "pending")))
        for item in found["items"]:
            if item["status"] != "ok":
                lost.add_row(stage, item["id"], item["status"], str(item["attempts"]), item["reason"])
    console = Console(markup=False, highlight=False)
    console.print(counts)
    if lost.row_count:
        console.print(lost)
