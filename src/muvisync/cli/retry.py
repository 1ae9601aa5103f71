"""`muvisync retry`: take failed items up again."""

from __future__ import annotations

from typing import Annotated

import typer

from muvisync.cli.run import start_flow
from muvisync.errors import UserError
from muvisync.ledger import Ledger
from muvisync.stages import PER_ITEM


def retry(
    stage: Annotated[str | None, typer.Option(help="Only this stage; all stages otherwise.")] = None,
) -> None:
    """Take failed items up again, quarantined and permanent ones too, and run what follows."""
    if stage is not None and stage not in PER_ITEM:
        raise UserError(f"{stage!r} has no items to retry; choose one of {', '.join(PER_ITEM)}")
    taken_up = {name: Ledger(name).retry() for name in ([stage] if stage else PER_ITEM)}
    taken_up = {name: ids for name, ids in taken_up.items() if ids}
    if not taken_up:
        typer.echo("no item has failed")
        return
    for name, ids in taken_up.items():
        typer.echo(f"{name}: {len(ids)} item(s) taken up again: {', '.join(ids[:10])}{' ...' if len(ids) > 10 else ''}")
    raise SystemExit(start_flow([argument for name in taken_up for argument in ("--force", name)]))
