"""Small artifacts of earlier stages, and a workspace to run the stage in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.files import write_json
from muvisync.params import set_params
from muvisync.schema import VIDEO_ARTIFACT

REPO = Path(__file__).parents[3]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace without videos, the current folder."""
    return _workspace(tmp_path, monkeypatch)


@pytest.fixture
def new_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make another workspace the current folder."""
    return lambda name: _workspace(tmp_path / name, monkeypatch)


def _workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(REPO / "params.yaml", folder)
    (folder / "data/download").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def add_video() -> Callable[..., None]:
    """Write the artifacts that the earlier stages leave of a video."""
    return _add_video


def _add_video(
    name: str,
    seconds: int = 5,
    *,
    music: bool = True,
    picture: bool = True,
    chord: str = "D:min",
    sha256: str = "",
    source: str = "sample:0",
    height: int = 480,
    motion: float = 1.0,
    loudness: float = 0.1,
    confidence: float = 0.8,
    speech: float | None = 0.0,
    license: str = "CC0-1.0",
) -> None:
    media = {"video_id": name, "title": f"<b>{name}</b>", "source": source, "license": license, "duration": seconds}
    media |= {"media": f"{name}.mp4", "sha256": sha256 or f"sha {name}", "height": height}
    write_json(Path(f"data/download/{name}.json"), media)
    if music:
        per_second = {"chord": [chord] * seconds, "loudness": [loudness] * seconds, "note_density": [3.0] * seconds}
        segments = [{"start": 0.0, "end": float(seconds), "chord": chord, "raw": chord, "confidence": confidence}]
        record = {"key": "D minor", "per_second": per_second, "extractors": {"notes": "1"}, "chords": segments}
        write_json(Path(f"data/transcribe/{name}.json"), record | ({} if speech is None else {"speech": speech}))
    if picture:
        columns = {
            "second": list(range(seconds)),
            "semantic": list(np.full((seconds, 768), 0.5, np.float16)),
            "emotion": [[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]] * seconds,
            "motion": [motion] * seconds,
            "scene_id": [0] * seconds,
            "scene_offset": list(range(seconds)),
        }
        facts = json.dumps({"encoder": "sample", "decoder": "decord"}).encode()
        schema = VIDEO_ARTIFACT.with_metadata({**VIDEO_ARTIFACT.metadata, b"muvisync": facts})
        Path("data/video").mkdir(exist_ok=True)
        pq.write_table(pa.table(columns, schema=schema), f"data/video/{name}.parquet")


@pytest.fixture
def use_release(workspace: Path, make_release: Callable[..., Path]) -> Path:
    """A small release, configured in the workspace."""
    folder = make_release(workspace / "release")
    set_params(["dataset.published=release"])
    return folder
