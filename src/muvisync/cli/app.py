"""`muvisync app`: a page to make music for a video with."""

from __future__ import annotations

import signal
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from muvisync.cli.measure import measure
from muvisync.cli.models import resolve_models
from muvisync.media import described, find_media
from muvisync.params import load_params

_MOST_EXAMPLES = 6


def app(
    host: Annotated[str, typer.Option(help="0.0.0.0 lets other machines in: whoever reaches it may use it.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Where it listens.", min=1, max=65535)] = 7860,
) -> None:
    """Open a page in which a video gets its music: choose, watch, compare, download."""
    params, models = load_params(), resolve_models(None)
    typer.echo(f"loading {models} ...", err=True)
    from amt.app.make import make_music
    from amt.app.serve import serve
    from amt.generate.produce import load_models
    from amt.generate.styles import list_styles

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # ended, not killed: visitors' files are removed
    see = partial(measure, params=params, models=models)
    make = partial(make_music, see, load_models(models.folder))
    typer.echo(f"http://{host}:{port} (stop with Ctrl-C)", err=True)
    serve(make, list_styles(), find_examples(), host, port)


def find_examples() -> dict[str, Path]:
    """Clips of the built-in sample in this workspace, by title."""
    clips = [about for about in described() if about["source"].startswith("sample:")]
    paths = {about["title"] or about["video_id"]: find_media(about["media"]) for about in clips}
    return {title: path for title, path in list(paths.items())[:_MOST_EXAMPLES] if path.is_file()}
