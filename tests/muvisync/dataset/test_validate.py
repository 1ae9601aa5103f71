"""Validation reads every row: each thing is damaged in turn, and each is found, with file, video and second."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.dataset.__main__ import main
from muvisync.dataset.rows_hash import rows_hash
from muvisync.dataset.validate import validate_dataset
from muvisync.params import load_params, set_params
from muvisync.schema import QUALITY, ROWS, VIDEOS

DATASET = Path("data/dataset")
VIDEOS_FILE, QUALITY_FILE = DATASET / "videos.parquet", DATASET / "quality.parquet"


@pytest.fixture
def dataset(use_release: Path, add_video: Callable) -> None:
    """Four published songs and four own videos, one silent, one without a picture, two shards."""
    set_params(["dataset.shards=2"])
    for name in ("own-a", "own-b"):
        add_video(name, seconds=6)
    add_video("own-deaf", seconds=6, music=False)
    add_video("own-blind", seconds=6, picture=False)
    main()
    assert problems() == []


def problems() -> list[str]:
    return list(validate_dataset(DATASET, load_params().dataset))


def assert_found(pattern: str) -> None:
    found = problems()
    assert any(re.search(pattern, problem) for problem in found), (pattern, found)


def shard_of(video: str) -> Path:
    rows = pq.read_table(VIDEOS_FILE).to_pylist()
    return DATASET / next(row["shard"] for row in rows if row["video_id"] == video)


def rewrite(shard: Path, change: Callable[[list[pa.Table]], list[pa.Table]]) -> None:
    """Write a shard again with other row groups; the footer stays as it was."""
    file = pq.ParquetFile(shard)
    groups = change([file.read_row_group(group) for group in range(file.num_row_groups)])
    footer = {key: file.metadata.metadata[key] for key in (b"muvisync_inputs", b"muvisync_videos")}
    with pq.ParquetWriter(shard, groups[0].schema) as writer:
        for group in groups:
            writer.write_table(group, row_group_size=group.num_rows)
        writer.add_key_value_metadata(footer)


def change_rows(video: str, change: Callable[[list[dict]], Any]) -> None:
    """Change the rows of one video, given as dicts, in place (or return others)."""

    def _change(groups: list[pa.Table]) -> list[pa.Table]:
        for place, group in enumerate(groups):
            if group["video_id"][0].as_py() == video:
                rows = group.to_pylist()
                groups[place] = pa.Table.from_pylist(change(rows) or rows, ROWS)
        return groups

    rewrite(shard_of(video), _change)


def change_table(path: Path, schema: pa.Schema, change: Callable[[list[dict]], Any]) -> None:
    rows = pq.read_table(path).to_pylist()
    pq.write_table(pa.Table.from_pylist(change(rows) or rows, schema), path)


VALUES = [
    ("motion", 300.0, "motion 300.0 must be 0 to 255"),
    ("motion", -1.0, "motion -1.0 must be 0 to 255"),
    ("motion", float("nan"), "motion nan must be 0 to 255"),
    ("loudness", 1.5, "loudness 1.5 must be 0 to 1"),
    ("note_density", -2.0, "note_density -2.0 must be 0 or more"),
    ("note_density", float("inf"), "note_density inf must be 0 or more"),
    ("semantic", [float("nan")] * 768, r"semantic \[nan, .*\.\.\. must be a number"),
    ("emotion", [1.1, -0.1, 0.0, 0.0, 0.0, 0.0], r"emotion \[1\.10.* must be 0 to 1"),
    ("emotion", [0.5, 0.0, 0.0, 0.0, 0.0, 0.0], "sum of emotion 0.5 must be 1"),
    ("scene_id", -1, "scene_id -1 must be 0 or more"),
    ("scene_offset", 7, "scene_offset 7 is not the seconds since the scene's start"),
    ("chord", "H", "chord H is not in the vocabulary"),
    ("chord_normalised", "C:9", "chord_normalised C:9 is not in the vocabulary"),
    ("chord_normalised", "C", "chord_normalised C is not the chord moved from D minor"),
    ("chord", "C", "chord_normalised A:min is not the chord moved from D minor"),
    ("second", 9, "second 9 the seconds must count 0, 1, 2"),
]


@pytest.mark.parametrize(("column", "value", "said"), VALUES, ids=[f"{v[0]}-{str(v[1])[:12]}" for v in VALUES])
def test_a_wrong_value_is_found_where_it_is(dataset, column: str, value: object, said: str):
    change_rows("own-b", lambda rows: rows[3].update({column: value}))
    assert_found(rf"^{shard_of('own-b')}: video own-b, second 3: {said}")


def test_any_other_value_is_found_by_its_hash(dataset):
    change_rows("own-b", lambda rows: rows[3].update(motion=1.0001))
    said = "the rows are not those that videos.parquet was written for (rows_hash differs)"
    assert problems() == [f"{shard_of('own-b')}: video own-b, {said}"]


def test_many_bad_seconds_are_one_line(dataset):
    change_rows("own-b", lambda rows: [row | {"motion": 256.0} for row in rows])
    assert_found(r"second 0: motion 256.0 must be 0 to 255 \(and in 5 more seconds\)")


NO_MUSIC = dict.fromkeys(("chord", "chord_normalised", "loudness", "note_density"))
SHAPES = {
    "second 2: second 3 the seconds must count": lambda rows: rows[:2] + rows[3:],
    "5 rows, videos.parquet says 6": lambda rows: rows[:-1],
    "has_audio is true, yet all of": lambda rows: [row | NO_MUSIC for row in rows],
    "scene_id and scene_offset are not there in the same": lambda rows: [row | {"scene_id": None} for row in rows],
    "scene_id 4 is less than in the second before": lambda rows: [
        row | {"scene_id": 5 - row["second"]} for row in rows
    ],
    "row group .*: 2 videos": lambda rows: [*rows[:5], rows[5] | {"video_id": "own-a"}],
    "video nobody is not in videos.parquet": lambda rows: [row | {"video_id": "nobody"} for row in rows],
}


@pytest.mark.parametrize(("said", "change"), SHAPES.items(), ids=[*SHAPES])
def test_rows_that_do_not_fit_together_are_found(dataset, said: str, change: Callable):
    change_rows("own-b", change)
    assert_found(f"^{shard_of('own-b')}: .*{said}")


def test_values_where_there_is_nothing_to_measure_are_found(dataset):
    change_rows("own-deaf", lambda rows: [row | {"loudness": 0.0} for row in rows])
    assert_found("own-deaf, has_audio is false, yet loudness are there")


def test_a_video_in_the_wrong_place_is_found(dataset):
    rewrite(shard_of("own-b"), lambda groups: groups[::-1])
    assert_found(f"^{shard_of('own-b')}: the row groups are not sorted")


def test_a_lost_and_a_doubled_row_group_are_found(dataset):
    shard = shard_of("own-b")
    keep = shutil.copy(shard, "shard.parquet")
    rewrite(shard, lambda groups: [group for group in groups if group["video_id"][0].as_py() != "own-b"])
    assert_found(f"^{shard}: video own-b: listed in videos.parquet, but not here")
    shutil.copy(keep, shard)
    rewrite(shard, lambda groups: [*groups, groups[-1]])
    assert_found(f"^{shard}: the row groups are not sorted by video_id, or a video has two")


def test_longer_than_allowed_is_found(dataset):
    set_params(["dataset.max_seconds=6"])
    assert_found("muvi-001, 8 rows, dataset.max_seconds is 6")


COLUMNS = [
    ("split", "test", "split test, must be (train|val)"),
    ("split", "dev", "split 'dev' is none of train, val, test"),
    ("provenance", "bought", "provenance 'bought' is none of published, extracted"),
    ("key", "H minor", "key 'H minor' is not a key"),
    ("key", "D major", "mode minor, the key is D major"),
    ("seconds", 7, "6 rows, videos.parquet says 7"),
    ("duration", float("nan"), "duration nan is not a length"),
    ("shard", "part-00009.parquet", "shard part-00009.parquet, the id belongs to"),
    ("rows_hash", "0" * 64, "rows_hash differs"),
    ("rows_hash", None, "rows_hash is missing"),
    ("content_hash", "", "content_hash is missing"),
    ("title", "Another", "videos.parquet has another title"),
    ("has_audio", False, "has_audio is false, yet chord, chord_normalised, loudness, note_density are there"),
    ("video_id", "own-z", "video own-b is not in videos.parquet"),
]


@pytest.mark.parametrize(("column", "value", "said"), COLUMNS, ids=[f"{name}-{value}" for name, value, _ in COLUMNS])
def test_a_wrong_cell_of_videos_parquet_is_found(dataset, column: str, value: object, said: str):
    def _change(rows: list[dict]) -> None:
        # a train video, so that "test" is wrong
        next(row for row in rows if row["video_id"] == "own-b")[column] = value

    change_table(VIDEOS_FILE, VIDEOS, _change)
    assert_found(said)


def test_a_published_split_is_that_of_the_release(dataset):
    def _change(rows: list[dict]) -> None:
        next(row for row in rows if row["video_id"] == "muvi-003")["split"] = "train"

    change_table(VIDEOS_FILE, VIDEOS, _change)
    assert_found(r"videos\.parquet: video muvi-003: split train, must be val")


def test_order_doubles_and_twins_are_found(dataset):
    change_table(VIDEOS_FILE, VIDEOS, lambda rows: rows[::-1])
    assert_found("stands after .*; the ids must be sorted")
    main()
    change_table(VIDEOS_FILE, VIDEOS, lambda rows: [rows[0], *rows])
    assert_found("muvi-001: listed twice")
    main()
    change_table(VIDEOS_FILE, VIDEOS, lambda rows: [row | {"content_hash": "same"} for row in rows])
    assert_found("video muvi-002: the same content as muvi-001")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("decision", "kept?", "decision 'kept\\?' is none of"),
        ("decision", "dropped", "video own-b: in videos.parquet, but not kept here"),
        ("reason", "no idea", "decision kept with the reason 'no idea'"),
        ("silence", 1.5, "silence 1.5 can't be"),
        ("speech", float("nan"), "speech nan can't be"),
        ("video_id", "own-z", "video own-z: kept here, but not in videos.parquet"),
    ],
)
def test_a_wrong_cell_of_quality_parquet_is_found(dataset, column: str, value: object, said: str):
    def _change(rows: list[dict]) -> None:
        next(row for row in rows if row["video_id"] == "own-b")[column] = value

    change_table(QUALITY_FILE, QUALITY, _change)
    assert_found(f"^{QUALITY_FILE}: .*{said}")


def test_damaged_missing_and_foreign_files_are_found(dataset):
    shard = shard_of("own-b")
    data = shard.read_bytes()
    shard.write_bytes(data[:-10])
    assert_found(f"^{shard}: row group 0: can't be read")
    shard.write_bytes(data[:5000] + b"\0" * 200 + data[5200:])
    assert any(str(shard) in problem for problem in problems())
    shard.unlink()
    assert_found(f"^{shard} is missing")
    shard.write_bytes(data)
    (DATASET / "part-00007.parquet").write_bytes(data)
    assert_found("part-00007.parquet: does not belong here")
    (DATASET / "part-00007.parquet").unlink()
    QUALITY_FILE.unlink()
    assert_found("quality.parquet is missing; `muvisync run` makes it")
    VIDEOS_FILE.write_bytes(b"PAR1")
    assert_found(r"videos.parquet can't be read")


def with_nullable_numbers(group: pa.Table) -> pa.Table:
    """As an earlier version wrote it: a vector could have had a hole."""
    field = pa.field("semantic", pa.list_(pa.float16(), 768))
    return group.set_column(group.schema.get_field_index("semantic"), field, group["semantic"].cast(field.type))


def test_another_schema_is_found(dataset):
    shard = shard_of("own-b")
    rewrite(shard, lambda groups: [group.drop_columns(["loudness"]) for group in groups])
    assert_found("loudness.* not as in the schema")
    main()
    rewrite(shard, lambda groups: [with_nullable_numbers(group) for group in groups])
    assert_found("semantic not as in the schema")
    rewrite(shard, lambda groups: [g.replace_schema_metadata({b"muvisync_schema": b"9"}) for g in groups])
    assert_found("schema version 9")
    table = pq.read_table(VIDEOS_FILE)
    pq.write_table(table.drop_columns(["rows_hash"]).replace_schema_metadata(table.schema.metadata), VIDEOS_FILE)
    assert_found("rows_hash not as in the schema")


def test_the_hash_is_of_the_values_alone(dataset):
    rows = pq.read_table(shard_of("own-b"), filters=[("video_id", "=", "own-b")])
    pieces = pa.concat_tables([rows.slice(0, 2), rows.slice(2)])
    plain = rows.set_column(rows.schema.get_field_index("chord"), "chord", rows["chord"].cast(pa.string()))
    assert rows_hash(rows) == rows_hash(pieces) == rows_hash(plain)
    nothing = rows.set_column(rows.schema.get_field_index("motion"), "motion", pa.nulls(6, pa.float32()))
    zeros = rows.set_column(rows.schema.get_field_index("motion"), "motion", pa.array(np.zeros(6, np.float32)))
    assert len({rows_hash(rows), rows_hash(nothing), rows_hash(zeros), rows_hash(rows.slice(1))}) == 4


def test_the_hash_never_changes_between_versions_and_machines(dataset):
    # such hashes are in other people's videos.parquet
    rows = pq.read_table(shard_of("own-b"), filters=[("video_id", "=", "own-b")])
    assert rows_hash(rows) == "8302207b0a1ab371d574130536623d723ebb7bee9726c9814dc7aa7be2806417"
