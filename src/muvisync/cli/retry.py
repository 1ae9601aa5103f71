"""`muvisync retry`: take failed items up again."""

from __future__ import annotations

from typing import Annotated

import typer

from muvisync.cli.run import start_flow
from muvisync.errors import UserError
from muvisync.ledger import Ledger
from muvisync.media import wanted
from muvisync.stages import PER_ITEM


def retry(
    stage: Annotated[str | None, typer.Option(help="Only this stage; all stages otherwise.")] = None,
) -> None:
    """Take failed items up again, quarantined and permanent ones too, and run what follows."""
    if stage is not None and stage not in PER_ITEM:
        raise UserError(f"{stage!r} has no items to retry; choose one of {', '.join(PER_ITEM)}")
    # media that were deleted after extraction, and that a stage has asked for since
    also = {"download": wanted()}
    taken_up = {name: Ledger(name).retry(also.get(name, ())) for name in ([stage] if stage else PER_ITEM)}
    taken_up = {name: ids for name, ids in taken_up.items() if ids}
    if not taken_up:
        typer.echo("no item has failed")
        return
    for name, ids in taken_up.items():
        typer.echo(f"{name}: {len(ids)} item(s) taken up again: {', '.join(ids[:10])}{' ...' if len(ids) > 10 else ''}")
    # `dataset` deletes such media again, also where nothing else is new to it
    forced = [*taken_up, *(["dataset"] if also["download"] and "dataset" not in taken_up else [])]
    raise SystemExit(start_flow("pipeline", *(argument for name in forced for argument in ("--force", name))))
