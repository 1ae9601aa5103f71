"""Tiny clips made with ffmpeg, and the sample's CLIP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muvisync.ffmpeg import run_ffmpeg
from muvisync.video.clip import ClipEncoder, load_encoder

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="session")
def encoder() -> ClipEncoder:
    return load_encoder("sample", None)


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[..., Path]:
    """make_clip("name.mp4", *codec, seconds=3, rate=25, size="320x180"): moving test pictures in that file."""

    def make(name: str, *codec: str, seconds: float = 3, rate: str = "25", size: str = "320x180") -> Path:
        path = tmp_path / name
        source = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
        run_ffmpeg(["-f", "lavfi", "-i", source, *(codec or H264), str(path)])
        return path

    return make


@pytest.fixture
def make_cuts(tmp_path: Path) -> Callable[..., Path]:
    """make_cuts("name.mp4", 2.0, 1.5): one plain colour after the other, each with its seconds."""

    def make(name: str, *lengths: float) -> Path:
        path = tmp_path / name
        colours = ("red", "blue", "white", "green", "black")
        inputs = [
            argument
            for colour, length in zip(colours, lengths, strict=False)
            for argument in ("-f", "lavfi", "-i", f"color={colour}:size=320x180:rate=24:duration={length}")
        ]
        run_ffmpeg([*inputs, "-filter_complex", f"concat=n={len(lengths)}:v=1:a=0", *H264, str(path)])
        return path

    return make
