"""The page on this machine: local, without analytics, share links, or anything fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware

from amt.app.ask import Make
from amt.app.guard import Guard
from amt.app.look import CSS, SCRIPT, THEME
from amt.app.page import build_page
from amt.app.rooms import open_rooms
from amt.app.take import MOST_BYTES
from muvisync.errors import UserError


def serve(make: Make, styles: Sequence[str], examples: Mapping[str, Path], host: str, port: int | None) -> None:
    """Serve until the process is told to stop; then all files of visitors are gone.

    Raises:
        UserError: the port is taken.
    """
    with open_rooms() as rooms:
        launch(build_page(make, rooms, styles, examples), host, port, wait=True)


def launch(page: gr.Blocks, host: str, port: int | None, *, wait: bool) -> str:
    """Start the server and return its address; `wait` until it ends. Raises UserError when the port is taken."""
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=not wait,
            share=False,
            allowed_paths=[],
            max_file_size=MOST_BYTES,
            app_kwargs={"middleware": [Middleware(Guard)], "docs_url": None, "redoc_url": None, "openapi_url": None},
            strict_cors=True,
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            run_history=False,
            footer_links=[],
            theme=THEME,
            css=CSS,
            head=SCRIPT,
            quiet=True,
        )
    except OSError as error:
        raise UserError(f"{error}; choose another port with --port") from error
    return address
