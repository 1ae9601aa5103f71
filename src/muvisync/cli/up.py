"""`muvisync up` and `muvisync down`: the pipeline's own Prefect server and workers on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from muvisync import service


def up(
    port: Annotated[int, typer.Option(help="Of the server and its UI.", min=1, max=65535)] = 4200,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(help="Processes that start runs.", min=1, max=64)] = 1,
) -> None:
    """Start a Prefect server and workers here, with the schedules of prefect.yaml."""
    found = service.find_service()
    if found and found.alive():
        typer.echo(f"it is up: {found.address}")
        return
    if found:
        typer.echo("ending what is left of a service that broke down", err=True)
        service.stop()
    started = service.start(host, port, workers, lambda line: typer.echo(line, err=True))
    typer.echo(f"the UI is at {started.address}")
    typer.echo(f"logs are in {service.FOLDER}; `muvisync down` ends it; `prefect.yaml` says what runs when")


def down() -> None:
    """End the server and the workers that `muvisync up` started, and nothing else."""
    ended = service.stop()
    typer.echo(f"ended {', '.join(ended)}" if ended else "it is down")
