"""A dataset that grows: published songs and own clips together, and one clip more touches no more than it must."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.faults.clips import make_clip

from muvisync.ledger import OK, Ledger, Record

STAGES = ("download", "transcribe", "video", "dataset")
NEW = "sample-12"


@pytest.fixture
def release(tmp_path: Path, make_release, request: pytest.FixtureRequest) -> Path:
    """36 songs of the published release, or a small one in its layout where they do not lie beside the project."""
    try:
        return request.getfixturevalue("muvi_sync_mini")
    except pytest.skip.Exception:
        return make_release(tmp_path / "release")


def records(workspace) -> dict[str, dict[str, Record]]:
    """What the ledgers say of every item of every stage."""
    return {stage: Ledger(stage, workspace.path / "data/ledger").records for stage in STAGES}


def artifacts(workspace) -> dict[str, bytes]:
    """Bytes of all that the per-video stages made."""
    paths = [path for stage in STAGES[:3] for path in (workspace.path / "data" / stage).iterdir()]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


def videos(workspace) -> dict[str, dict]:
    rows = pq.read_table(workspace.path / "data/dataset/videos.parquet").to_pylist()
    return {row["video_id"]: row for row in rows}


def changed(before: dict, after: dict) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def todo(text: str) -> dict[str, tuple[int, int]]:
    """Stage -> (items done before, items to do), as the run said."""
    found = re.findall(r"(\w+): \d+ items, (\d+) done before, (\d+) to do", text)
    return {stage: (int(done), int(left)) for stage, done, left in found}


@pytest.fixture
def workspace(make_workspace, tmp_path: Path, release: Path):
    """Twelve short clips and a release, worked off."""
    workspace = make_workspace("growing")
    rows = ["video_id,source,title,license,tags"]
    for number in range(12):
        make_clip(tmp_path / f"{number}.mp4", number)
        rows.append(f"clip-{number:02},{tmp_path / f'{number}.mp4'},Clip {number},CC0-1.0,")
    (workspace.path / "data/catalog.csv").write_text("\n".join(rows) + "\n")
    # serial: every worker would only load the libraries once more
    workspace.set(f"dataset.published={release}", "run.engine=serial")
    workspace.run("dvc", "repro", "dataset")
    return workspace


def test_a_13th_video_is_one_item_a_stage_one_shard_and_moves_no_split(workspace):
    ledgers, files, shards, listed = records(workspace), artifacts(workspace), workspace.parquet(), videos(workspace)
    songs = [row for row in listed.values() if row["provenance"] == "published"]
    assert len(listed) == 12 + len(songs) and len(songs) >= 4

    workspace.run("muvisync", "add", "sample:12")
    text = workspace.run("dvc", "repro", "dataset")

    assert todo(text) == {stage: (len(ledgers[stage]), 1) for stage in STAGES}
    # sorted: which of transcribe and video comes first is DVC's choice
    worked = sorted(re.findall(r"^(\w+) 1/1 (\S+) ok", text, re.MULTILINE))
    assert worked == [(stage, NEW) for stage in sorted(STAGES[:3])]
    after = records(workspace)
    assert all(changed(ledgers[stage], after[stage]) == {NEW} for stage in STAGES[:3])
    assert {(after[stage][NEW].status, after[stage][NEW].attempts) for stage in STAGES} == {(OK, 1)}
    assert {Path(name).name.split(".")[0] for name in changed(files, artifacts(workspace))} == {NEW}

    now = videos(workspace)
    assert changed(listed, now) == {NEW}  # so no split moved either
    parts = {name for name in changed(shards, workspace.parquet()) if name.startswith("part-")}
    assert parts == {now[NEW]["shard"]}
