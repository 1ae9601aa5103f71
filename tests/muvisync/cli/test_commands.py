"""The command line: what people see when things are right, and when they are not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from muvisync.cli.run import PREVIOUS, take_catalog
from muvisync.ledger import FAILED, FILTERED, OK, Ledger, Record
from muvisync.params import ParamsError, load_params, read_preset, set_params

REPO = Path(__file__).parents[3]


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(REPO / name, tmp_path)
    shutil.copytree(REPO / "presets", tmp_path / "presets")
    (tmp_path / "data/ledger").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def muvisync(*args: str, cwd: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", "from muvisync.cli import main; main()", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_help_comes_without_the_heavy_libraries():
    code = (
        "import sys; from muvisync.cli import app; "
        "print([m for m in ('torch', 'librosa', 'decord', 'prefect', 'matplotlib', 'dvc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_outside_the_project_the_message_says_where_to_go(tmp_path):
    done = muvisync("run", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: dvc.yaml is not here: run this in the project's folder")


def test_status_lists_what_was_lost_and_why(workspace):
    for record in (
        Record("a", "k", OK),
        Record("b", "k", FILTERED, reason="no audio"),
        Record("c", "k", FAILED, reason="not a video"),
    ):
        Ledger("download").append(record)
    done = muvisync("status", cwd=workspace)
    assert "no audio" in done.stdout
    assert "not a video" in done.stdout
    stage = json.loads(muvisync("status", "--json", cwd=workspace).stdout)["stages"]["download"]
    assert (stage["input"], stage["ok"], stage["filtered"], stage["failed"], stage["pending"]) == (3, 1, 1, 1, 0)


def test_retry_of_a_stage_without_items_names_those_that_have(workspace):
    done = muvisync("retry", "--stage", "train_amt", cwd=workspace)
    assert done.returncode == 1
    assert "choose one of download" in done.stderr


def test_retry_with_nothing_failed_says_so(workspace):
    assert muvisync("retry", cwd=workspace).stdout.strip() == "no item has failed"


@pytest.mark.parametrize("name", ["muvi-sync", "own-videos", "paper"])
def test_every_preset_is_valid_and_becomes_the_parameters(workspace, name):
    read_preset(name)
    assert load_params().video.encoder == "ViT-L-14-336"


def test_an_unknown_preset_names_the_known_ones(workspace):
    with pytest.raises(ParamsError, match="muvi-sync, own-videos, paper"):
        read_preset("nonsense")


def test_setting_a_value_keeps_the_comments(workspace):
    set_params(["video.batch_size=8", "download.failure_budget=0.0"])
    assert load_params().video.batch_size == 8
    assert "# links rot" in Path("params.yaml").read_text()


def test_a_wrong_value_changes_nothing(workspace):
    before = Path("params.yaml").read_text()
    with pytest.raises(ParamsError, match=r"video\.batch_size"):
        set_params(["video.batch_size=none"])
    assert Path("params.yaml").read_text() == before


def test_a_catalog_from_elsewhere_keeps_its_files_reachable_and_the_old_one_safe(workspace, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    header = "video_id,source,title,license,tags\n"
    (elsewhere / "mine.csv").write_text(header + "one,clips/one.mp4,One,,\n")
    Path("data/catalog.csv").write_text(header + "old,sample:1,Old,,\n")
    take_catalog(elsewhere / "mine.csv")
    assert str(elsewhere / "clips/one.mp4") in Path("data/catalog.csv").read_text()
    assert "old,sample:1" in PREVIOUS.read_text()


def test_the_doctor_finds_this_installation_healthy():
    done = muvisync("doctor", cwd=REPO)
    assert done.returncode == 0, done.stdout
    for name in ("ffmpeg decoders", "SoundFont", "note model", "CLIP sample", "Prefect", "DVC", "disk"):
        assert f"ok   {name}" in done.stdout


def test_the_doctor_says_how_to_mend_a_broken_workspace(workspace):
    shutil.copy(REPO / "requirements.lock", workspace)
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("engine: processes", "engine: magic"))
    done = muvisync("doctor", cwd=workspace)
    assert done.returncode == 1
    assert "run.engine" in done.stdout
    assert "dvc init" in done.stdout
