"""The dataset stage on small artifacts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.dataset.__main__ import main
from muvisync.errors import UserError
from muvisync.ledger import FAILED, Ledger, Record
from muvisync.schema import ROWS, VIDEOS, SchemaError, read_table
from muvisync.status import stage_status


def shard_bytes() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("data/dataset").iterdir()}


def rows_of(name: str) -> list[dict]:
    tables = [read_table(path, ROWS) for path in sorted(Path("data/dataset").glob("part-*.parquet"))]
    return [row for row in pa.concat_tables(tables).to_pylist() if row["video_id"] == name]


def test_a_missing_modality_is_null_and_never_zero(workspace, add_video):
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


def test_every_shard_has_sorted_rows_and_a_row_group_per_video(workspace, add_video):
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


def test_adding_a_video_rewrites_one_shard_and_moves_no_split(workspace, add_video):
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


def test_a_damaged_shard_is_written_again(workspace, add_video):
    add_video("one")
    main()
    before = shard_bytes()
    shard = next(Path("data/dataset").glob("part-*"))
    shard.write_bytes(shard.read_bytes()[:-10])
    main()
    assert shard_bytes() == before


def test_a_video_whose_stage_failed_is_left_out_with_the_reason(workspace, add_video):
    add_video("whole")
    add_video("broken", picture=False)
    Path("data/ledger").mkdir()
    Ledger("video").append(Record("broken", "key", FAILED, reason="decoding broke"))
    main()
    items = {item["id"]: item for item in stage_status("dataset")["items"]}
    assert (items["broken"]["status"], items["broken"]["reason"]) == ("filtered", "video failed")
    assert rows_of("broken") == []


def test_an_older_schema_is_refused_with_the_next_step(workspace, add_video):
    add_video("one")
    main()
    path = Path("data/dataset/videos.parquet")
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"muvisync_schema": b"0"}), path)
    with pytest.raises(SchemaError, match=r"version 0.*muvisync run"):
        read_table(path, VIDEOS)


def test_the_order_in_which_videos_came_changes_no_byte(new_workspace, add_video):
    names = [f"v{number:02d}" for number in range(8)]
    found = []
    for order in (names, names[::-1], names[4:] + names[:4]):
        new_workspace(f"order{len(found)}")
        for name in order:
            add_video(name)
            if name == order[3]:
                main()  # half of them first, then the rest
        main()
        card = [path.read_bytes() for path in sorted(Path("reports/dataset").iterdir())]
        found.append((shard_bytes(), card))
    assert found[0] == found[1] == found[2]


def test_a_second_run_writes_no_shard(workspace, add_video):
    for number in range(6):
        add_video(f"v{number}")
    main()
    before = {path: path.stat().st_mtime_ns for path in Path("data/dataset").glob("part-*")}
    main()
    assert {path: path.stat().st_mtime_ns for path in Path("data/dataset").glob("part-*")} == before


def test_two_kinds_of_videos_with_one_id_are_refused(use_release, add_video):
    add_video("muvi-001")
    with pytest.raises(UserError, match="muvi-001"):
        main()
