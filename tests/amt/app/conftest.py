"""The page with small untrained models, served on a free port, and clips for it made by ffmpeg."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from benchmarks._random_case import untrained_models

from amt.app.ask import Make
from amt.app.make import make_music
from amt.app.page import build_page
from amt.app.rooms import Rooms, open_rooms
from amt.app.serve import launch
from amt.generate.compose import Models
from amt.generate.styles import list_styles
from amt.model import save_model
from muvisync.cli.measure import measure
from muvisync.ffmpeg import run_ffmpeg
from muvisync.params import Params
from muvisync.pretrained import FoundModels


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function of a name, a length and a frame rate that makes a silent H.264 clip of moving colours."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str, seconds: float, rate: int = 10) -> Path:
        picture = f"testsrc2=size=320x180:rate={rate}:duration={seconds}"
        codec = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p"]
        run_ffmpeg(["-f", "lavfi", "-i", picture, *codec, "-movflags", "+faststart", str(folder / name)])
        return folder / name

    return make


@pytest.fixture
def models() -> Models:
    return untrained_models()


@pytest.fixture
def make(models: Models, default_params: Params, tmp_path: Path) -> Make:
    """What the page calls, over the small CLIP of the sample."""
    for name, model in (("amt", models.chords), ("rhythm", models.rhythm)):
        save_model(tmp_path / "models" / name, model)
    found = FoundModels(tmp_path / "models", "the models of a test")
    return partial(make_music, partial(measure, params=default_params, models=found), models)


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with open_rooms() as opened:
        yield opened


@pytest.fixture
def address(make: Make, rooms: Rooms, make_clip: Callable[..., Path]) -> Iterator[str]:
    """Where the page is served, with one example."""
    page = build_page(make, rooms, list_styles(), {"Colours": make_clip("colours.mp4", 2)})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield launch(page, "127.0.0.1", port, wait=False)
    page.close(verbose=False)
