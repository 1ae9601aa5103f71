"""The dataset stage on small artifacts, and on the published songs where they are at hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.dataset.__main__ import main
from muvisync.files import write_json
from muvisync.ledger import FAILED, Ledger, Record
from muvisync.schema import ROWS, VIDEO_ARTIFACT, VIDEOS, SchemaError, read_table
from muvisync.status import stage_status

REPO = Path(__file__).parents[3]


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    shutil.copy(REPO / "params.yaml", tmp_path)
    (tmp_path / "data/download").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add_video(name: str, seconds: int = 5, *, music: bool = True, picture: bool = True, chord: str = "D:min") -> None:
    media = {
        "video_id": name,
        "title": f"<b>{name}</b>",
        "source": "sample:0",
        "license": "CC0-1.0",
        "duration": seconds,
    }
    write_json(Path(f"data/download/{name}.json"), media | {"sha256": name})
    if music:
        per_second = {"chord": [chord] * seconds, "loudness": [0.1] * seconds, "note_density": [3.0] * seconds}
        record = {"key": "D minor", "per_second": per_second, "extractors": {"notes": "1"}}
        write_json(Path(f"data/transcribe/{name}.json"), record)
    if picture:
        columns = {
            "second": list(range(seconds)),
            "semantic": list(np.full((seconds, 768), 0.5, np.float16)),
            "emotion": [[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]] * seconds,
            "motion": [1.0] * seconds,
            "scene_id": [0] * seconds,
            "scene_offset": list(range(seconds)),
        }
        facts = json.dumps({"encoder": "sample", "decoder": "decord"}).encode()
        schema = VIDEO_ARTIFACT.with_metadata({**VIDEO_ARTIFACT.metadata, b"muvisync": facts})
        Path("data/video").mkdir(exist_ok=True)
        pq.write_table(pa.table(columns, schema=schema), f"data/video/{name}.parquet")


def shard_bytes() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("data/dataset").iterdir()}


def rows_of(name: str) -> list[dict]:
    tables = [read_table(path, ROWS) for path in sorted(Path("data/dataset").glob("part-*.parquet"))]
    return [row for row in pa.concat_tables(tables).to_pylist() if row["video_id"] == name]


def test_a_missing_modality_is_null_and_never_zero(workspace):
    add_video("silent", music=False)
    add_video("blind", picture=False)
    add_video("whole")
    main()
    assert {row["chord"] for row in rows_of("silent")} == {None}
    assert {row["note_density"] for row in rows_of("silent")} == {None}
    assert {row["motion"] for row in rows_of("silent")} == {1.0}
    assert {row["motion"] for row in rows_of("blind")} == {None}
    assert {row["semantic"] is None for row in rows_of("blind")} == {True}
    assert [row["chord_normalised"] for row in rows_of("whole")] == ["A:min"] * 5
    videos = {row["video_id"]: row for row in read_table(Path("data/dataset/videos.parquet"), VIDEOS).to_pylist()}
    assert (videos["silent"]["has_audio"], videos["blind"]["has_video"]) == (False, False)
    assert videos["whole"]["mode"] == "minor"


def test_every_shard_has_sorted_rows_and_a_row_group_per_video(workspace):
    for number in range(12):
        add_video(f"v{number:02d}", seconds=number + 1)
    main()
    seen = []
    for path in sorted(Path("data/dataset").glob("part-*.parquet")):
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=["video_id", "second"])
            assert len(set(table["video_id"].to_pylist())) == 1
            assert table["second"].to_pylist() == list(range(table.num_rows))
            seen.append(table["video_id"][0].as_py())
    assert sorted(seen) == [f"v{number:02d}" for number in range(12)]


def test_adding_a_video_rewrites_one_shard_and_moves_no_split(workspace):
    for number in range(12):
        add_video(f"v{number:02d}")
    main()
    before = shard_bytes()
    splits = {row["video_id"]: row["split"] for row in pq.read_table("data/dataset/videos.parquet").to_pylist()}
    add_video("newcomer")
    main()
    changed = [name for name, data in shard_bytes().items() if before.get(name) != data and name.startswith("part")]
    after = {row["video_id"]: row["split"] for row in pq.read_table("data/dataset/videos.parquet").to_pylist()}
    assert len(changed) == 1
    assert splits.items() <= after.items()
    # and removing it again gives the very bytes of before
    for path in Path("data").glob("*/newcomer.*"):
        path.unlink()
    main()
    assert shard_bytes() == before


def test_a_damaged_shard_is_written_again(workspace):
    add_video("one")
    main()
    before = shard_bytes()
    shard = next(Path("data/dataset").glob("part-*"))
    shard.write_bytes(shard.read_bytes()[:-10])
    main()
    assert shard_bytes() == before


def test_a_video_whose_stage_failed_is_left_out_with_the_reason(workspace):
    add_video("whole")
    add_video("broken", picture=False)
    Path("data/ledger").mkdir()
    Ledger("video").append(Record("broken", "key", FAILED, reason="decoding broke"))
    main()
    items = {item["id"]: item for item in stage_status("dataset")["items"]}
    assert (items["broken"]["status"], items["broken"]["reason"]) == ("filtered", "video failed")
    assert rows_of("broken") == []


def test_an_older_schema_is_refused_with_the_next_step(workspace):
    add_video("one")
    main()
    path = Path("data/dataset/videos.parquet")
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"muvisync_schema": b"0"}), path)
    with pytest.raises(SchemaError, match="version 0.*muvisync run"):
        read_table(path, VIDEOS)


def test_published_songs_keep_their_values_and_splits(workspace, muvi_sync_mini):
    text = Path("params.yaml").read_text().replace("published: null", f"published: {muvi_sync_mini}")
    Path("params.yaml").write_text(text)
    main()
    videos = {row["video_id"]: row for row in pq.read_table("data/dataset/videos.parquet").to_pylist()}
    assert len(videos) == 36
    assert (videos["muvi-001"]["key"], videos["muvi-005"]["split"]) == ("D major", "test")
    rows = rows_of("muvi-001")
    assert len(rows) == 282
    semantic = np.load(muvi_sync_mini / "vevo_semantic/all/2d/clip_l14p/001.npy")
    np.testing.assert_allclose(np.array([row["semantic"] for row in rows], np.float32), semantic, rtol=1e-3, atol=1e-3)
    published = (muvi_sync_mini / "vevo_chord/lab_v2_norm/all/001.lab").read_text().splitlines()[1:]
    assert [row["chord_normalised"] for row in rows] == [line.split()[1] for line in published]
    motion = [float(line.split()[1]) for line in (muvi_sync_mini / "vevo_motion/all/001.lab").read_text().splitlines()]
    np.testing.assert_allclose([row["motion"] for row in rows], motion, rtol=1e-6)
