"""Features of an invented video, small untrained models, and a real video file made by ffmpeg."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from benchmarks._random_case import untrained_models

from amt.generate.compose import Models
from amt.generate.predict.features import Features
from muvisync.ffmpeg import run_ffmpeg


@pytest.fixture
def make_features() -> Callable[[int], Features]:
    def make(seconds: int, mood: int = 0) -> Features:
        chance = np.random.default_rng(seconds)
        emotion = chance.dirichlet(np.ones(6), seconds).astype(np.float32)
        emotion[:, mood] += 1
        values = {
            "semantic": chance.normal(size=(seconds, 768)).astype(np.float32),
            "scene_offset": (np.arange(seconds) % 7).astype(np.float32),
            "motion": chance.random(seconds, np.float32) * 20,
            "emotion": emotion / emotion.sum(1, keepdims=True),
        }
        return Features(values, {name: np.ones(seconds, bool) for name in values})

    return make


@pytest.fixture(scope="session")
def models() -> Models:
    return untrained_models()


@pytest.fixture(scope="session")
def make_video(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("videos")

    def make(name: str, seconds: float, *codec: str, size: str = "64x48") -> Path:
        path = folder / name
        if not path.exists():
            source = ["-f", "lavfi", "-i", f"testsrc=size={size}:rate=25:duration={seconds}"]
            noise = ["-f", "lavfi", "-i", f"anoisesrc=duration={seconds}:seed=1"]
            run_ffmpeg([*source, *noise, *codec, "-shortest", str(path)])
        return path

    return make
