"""A real clip made by ffmpeg, and a workspace.

pytest runs with importlib imports, so that tests can't share a module: what they share is a fixture.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from muvisync.ffmpeg import run_ffmpeg
from muvisync.params import DownloadParams, load_params

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of H.264 and AAC, 160 x 120, moov at the front."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=2"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    run_ffmpeg([*picture, *sound, *codecs, "-movflags", "+faststart", str(path)])
    return path


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace, the current folder; params.yaml is the project's, without processes and waiting."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    _set_params(
        **{"engine": "serial", "backoff": 0.0, "failure_budget": 1.0, "timeout": 2.0},
        **{"requests_per_minute": 0, "allow_private": "true"},  # the server of these tests is this machine
    )
    return tmp_path


@pytest.fixture
def set_params(workspace: Path) -> Callable[..., None]:
    """Change values of the workspace's params.yaml: `set_params(engine="serial")`."""
    return _set_params


@pytest.fixture
def params(workspace: Path) -> DownloadParams:
    """The `download` section of the workspace."""
    return load_params().download


def _set_params(**values: object) -> None:
    path = Path("params.yaml")
    lines, section = [], ""
    for line in path.read_text().splitlines():
        section = line.split("#")[0].strip() if line[:1].isalpha() else section
        name = line.split(":")[0].strip()
        changed = section in ("run:", "download:") and name in values
        lines.append(f"  {name}: {values[name]}" if changed else line)
    path.write_text("\n".join(lines) + "\n")
