"""`muvisync retrain`: what the schedule starts, by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from muvisync.cli.run import start_flow


def retrain(
    force: Annotated[bool, typer.Option("--force", help="Train and decide even if nothing is new.")] = False,
) -> None:
    """Take in what is new, train, and replace the champion if the gate finds the new models better; publish."""
    raise SystemExit(start_flow("retrain", *(["--force"] if force else [])))
