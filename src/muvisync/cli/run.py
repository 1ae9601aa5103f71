"""`muvisync run`: bring the whole pipeline up to date."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from muvisync.catalog import CATALOG, read_catalog, resolved, write_catalog
from muvisync.errors import UserError
from muvisync.files import atomic_write_bytes
from muvisync.params import load_params, read_preset, set_params
from muvisync.service import environment as service_environment
from muvisync.service import find_service
from muvisync.stages import stage_names

PREVIOUS = Path("data/catalog.previous.csv")


def run(
    catalog: Annotated[Path | None, typer.Option(help="CSV of videos; it becomes data/catalog.csv.")] = None,
    preset: Annotated[str | None, typer.Option(help="A file of presets/ by name; it becomes params.yaml.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", "-S", help="Change a parameter in params.yaml: video.batch_size=8.")
    ] = None,
) -> None:
    """Run every stage that is not up to date, from the download to the report."""
    stage_names()
    if preset:
        read_preset(preset)
    if set_:
        set_params(set_)
    params = load_params()
    if catalog:
        take_catalog(catalog)
    videos = read_catalog(CATALOG)
    if params.video.encoder == "sample" and any(not video.source.startswith("sample:") for video in videos):
        typer.echo(
            "note: video.encoder is the small CLIP of the built-in sample; for real videos take "
            "`--preset own-videos` (ViT-L-14-336)",
            err=True,
        )
    raise SystemExit(start_flow("pipeline"))


def take_catalog(path: Path) -> None:
    """Make `path` the catalog of this workspace; the one before is kept beside it."""
    videos = resolved(read_catalog(path), path.resolve().parent)
    if path.resolve() == CATALOG.resolve():
        return
    if CATALOG.exists():
        atomic_write_bytes(PREVIOUS, CATALOG.read_bytes())
    write_catalog(CATALOG, videos)
    typer.echo(f"{CATALOG} now holds the {len(videos)} videos of {path}; the one before is {PREVIOUS}", err=True)


def start_flow(name: str, *args: str) -> int:
    """Run a flow of flows/ in a process of its own (training may start itself again); return its exit status.

    It shows in the server of `muvisync up` where that is up.
    """
    script = Path(f"flows/{name}.py")
    if not script.exists():
        raise UserError(f"{script} is not here: run this in the project's folder")
    service = find_service()
    if service and service.alive():
        environment = service_environment(service)
    else:
        # stages are `python -m ...`: they must find this Python, also when .venv is not activated
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        environment = os.environ | {"PATH": path}
    environment |= {"PYTHONUNBUFFERED": "1"}
    return subprocess.run([sys.executable, "-m", f"flows.{name}", *args], env=environment, check=False).returncode
