"""download.keep: false through DVC: no media anywhere at the end, nothing stale, a clear word when they are needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
CODE = (
    "from muvisync.ledger import Ledger; from muvisync.media import wanted; print(Ledger('download').retry(wanted()))"
)


def media(folder: Path) -> list[Path]:
    """Every file below `folder` that is an MP4, whatever its name: DVC's cache too."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if path.open("rb").read(12)[4:8] == b"ftyp"]


def test_features_only(make_workspace):
    workspace = make_workspace("features-only")
    workspace.write_catalog(("clip-0", "clip-2"))
    workspace.set("download.keep=false", "dataset.failure_budget=0.5")
    text = workspace.run("dvc", "repro", "dataset")
    assert "deleted the media of 2 video(s)" in text
    assert media(workspace.path / "data") == media(workspace.path / ".dvc") == []
    assert json.loads((workspace.path / "data/download/clip-0.json").read_text())["sha256"]
    before = workspace.parquet()
    assert "Data and pipelines are up to date" in workspace.run("dvc", "repro", "dataset")

    workspace.set("transcribe.onset_threshold=0.95")
    text = workspace.run("dvc", "repro", "dataset", code=255)
    assert "transcribe: the media of 2 video(s) (clip-0, clip-2) are needed again" in text
    assert "muvisync retry --stage download" in text and "Traceback" not in text
    assert workspace.parquet() == before

    assert "clip-0" in workspace.run("python", "-c", CODE)  # `muvisync retry`, without the trainings that follow
    workspace.run("dvc", "repro", "--force", "--single-item", "download")
    assert "deleted the media of 2 video(s)" in workspace.run("dvc", "repro", "dataset")
    assert media(workspace.path / "data") == media(workspace.path / ".dvc") == []
    assert workspace.parquet() != before
