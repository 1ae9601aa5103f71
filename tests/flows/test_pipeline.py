"""The whole pipeline for real: Prefect starts DVC, DVC starts the stages, the stages work on rendered clips."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import psutil
from tests.waiting import wait_until

from muvisync.ledger import Ledger
from muvisync.stages import stage_names


def stages_run(text: str) -> list[str]:
    return re.findall(r"Running stage '(\w+)'", text)


def test_one_command_makes_everything(finished):
    workspace, text = finished
    assert stages_run(text) == stage_names_of(workspace.path)
    assert "done: the report is reports/index.html" in text
    for name in ("reports/index.html", "data/dataset/videos.parquet", "models/amt/model.safetensors"):
        assert (workspace.path / name).stat().st_size > 0
    for stage in ("dataset", "sample", "evaluate", "generate"):
        json.loads((workspace.path / f"reports/{stage}/metrics.json").read_text())


def stage_names_of(folder: Path) -> list[str]:
    here = Path.cwd()
    os.chdir(folder)
    try:
        return stage_names()
    finally:
        os.chdir(here)


def test_the_status_counts_every_item_of_every_stage(finished):
    workspace, _ = finished
    stages = json.loads(workspace.run("muvisync", "status", "--json"))["stages"]
    for name, stage in stages.items():
        assert stage["input"] == sum(stage[status] for status in ("ok", "filtered", "failed", "pending")), name
    assert stages["video"]["ok"] == 4


def test_a_second_run_finds_nothing_to_do(finished):
    workspace, _ = finished
    assert "nothing to do" in (text := workspace.run("muvisync", "run"))
    assert stages_run(text) == []


def test_dvc_alone_agrees_that_nothing_is_stale(finished):
    workspace, _ = finished
    assert json.loads(workspace.run("dvc", "status", "--json", "--quiet") or "{}") == {}


def test_killed_in_the_middle_it_goes_on_and_makes_the_same_bytes(finished, make_workspace, make_release):
    undisturbed, _ = finished
    workspace = make_workspace("killed")
    workspace.add_release(make_release)
    workspace.set("run.workers=1")
    process = workspace.start("muvisync", "run")
    ledger = workspace.path / "data/ledger/video.jsonl"
    wait_until(lambda: ledger.exists() and '"status":"ok"' in ledger.read_text())
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    # to DVC a stage is at work until the system has taken its dead process away
    locks = (workspace.path / ".dvc/tmp/rwlock").read_text()
    wait_until(lambda: not any(psutil.pid_exists(int(pid)) for pid in re.findall(r'"pid": (\d+)', locks)))
    done_before = {name for name, record in Ledger("video", ledger.parent).records.items() if record.status == "ok"}
    assert 0 < len(done_before) < 4
    text = workspace.run("dvc", "repro", "dataset")
    assert f"video: 4 items, {len(done_before)} done before" in text
    worked_on = set(re.findall(r"video \d+/\d+ (\S+) ok", text))
    assert worked_on.isdisjoint(done_before)
    assert workspace.parquet() == undisturbed.parquet()


def test_a_failure_beyond_the_budget_ends_the_run_with_a_reason(make_workspace):
    workspace = make_workspace("budget")
    workspace.write_catalog(("clip-0",))
    with (workspace.path / "data/catalog.csv").open("a") as catalog:
        catalog.write("gone,/no/such/file.mp4,Gone,,\n")
    workspace.set("download.failure_budget=0.0")
    text = workspace.run("muvisync", "run", code=1)
    assert "download: 1 of 2 items failed (50%), the budget is 0%" in text
    assert "Traceback" not in text
    assert "gone" in workspace.run("muvisync", "status")
