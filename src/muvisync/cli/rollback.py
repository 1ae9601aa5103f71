"""`muvisync rollback`: an earlier version is the champion again."""

from __future__ import annotations

from typing import Annotated

import typer

from muvisync import registry


def rollback(
    version: Annotated[str | None, typer.Argument(help="Such as v1.0.0.", show_default="the champion before")] = None,
) -> None:
    """Make an earlier version of the models the champion again.

    It stays so: the scheduled job promotes only models that it has not decided on yet.
    """
    now = registry.rollback(version)
    typer.echo(f"the champion is {now.name}; `muvisync generate` takes it from now on")
