"""Does the dataset on the disk keep its promises? Every shard and every row is read, one row group at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from muvisync.dataset.check_rows import check_rows
from muvisync.dataset.check_videos import check_quality, check_videos
from muvisync.dataset.published import PREFIX
from muvisync.dataset.release import ReleaseError, read_release
from muvisync.dataset.shards import described
from muvisync.params import DatasetParams
from muvisync.schema import QUALITY, ROWS, VIDEOS, SchemaError, check_schema, read_table

_VIDEOS_FILE, _QUALITY_FILE = "videos.parquet", "quality.parquet"


def validate_dataset(folder: Path, params: DatasetParams) -> Iterator[str]:
    """Every problem of the dataset in `folder`, a line each: file, video, second, what. Nothing when all is well."""
    videos, problems = _table(folder / _VIDEOS_FILE, VIDEOS)
    yield from problems
    if videos is None:
        return
    if not videos:
        yield f"{folder / _VIDEOS_FILE}: no video"
    published, problems = _published_splits(params)
    yield from problems
    yield from _in_file(folder / _VIDEOS_FILE, check_videos(videos, params, published))
    yield from _check_shards(folder, {video["video_id"]: video for video in videos}, params)
    rows, problems = _table(folder / _QUALITY_FILE, QUALITY)
    yield from problems
    if rows is not None:
        yield from _in_file(folder / _QUALITY_FILE, check_quality(rows, {video["video_id"] for video in videos}))


def _table(path: Path, schema: pa.Schema) -> tuple[list[dict[str, Any]] | None, list[str]]:
    if not path.is_file():
        return None, [f"{path} is missing; `muvisync run` makes it"]
    try:
        return read_table(path, schema).to_pylist(), []
    except SchemaError as error:
        return None, [str(error)]


def _published_splits(params: DatasetParams) -> tuple[dict[str, str] | None, list[str]]:
    """The published splits by video id, None where no release is configured."""
    if params.published is None:
        return None, []
    try:
        splits = read_release(Path(params.published)).splits
    except ReleaseError as error:
        return None, [str(error)]
    return {f"{PREFIX}{song}": split for song, split in splits.items()}, []


def _check_shards(folder: Path, videos: dict[str, dict[str, Any]], params: DatasetParams) -> Iterator[str]:
    listed = {video["shard"] for video in videos.values()}
    there = {path.name for path in folder.iterdir()}
    yield from (f"{folder / name} is missing" for name in sorted(listed - there))
    foreign = sorted(there - listed - {_VIDEOS_FILE, _QUALITY_FILE})
    yield from (f"{folder / name}: does not belong here" for name in foreign)
    for name in sorted(listed & there):
        wanted = {video_id for video_id, video in videos.items() if video["shard"] == name}
        yield from _in_file(folder / name, _check_shard(folder / name, videos, wanted, params.max_seconds))


def _check_shard(path: Path, videos: dict[str, dict[str, Any]], wanted: set[str], max_seconds: int) -> Iterator[str]:
    found: list[str] = []
    try:
        with pq.ParquetFile(path) as shard:
            check_schema(shard.schema_arrow, ROWS, path)
            yield from _check_footer(path, videos)
            for group in range(shard.num_row_groups):
                yield from _check_group(shard, group, videos, found, max_seconds)
    except SchemaError as error:
        yield str(error)
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        yield f"row group {len(found)}: can't be read ({' '.join(str(error).split())[:120]})"
        return
    yield from (f"video {name}: listed in videos.parquet, but not here" for name in sorted(wanted - set(found)))
    if found != sorted(set(found)):
        yield "the row groups are not sorted by video_id, or a video has two"


def _check_group(
    shard: pq.ParquetFile, group: int, videos: dict[str, dict[str, Any]], found: list[str], max_seconds: int
) -> Iterator[str]:
    rows = shard.read_row_group(group)
    names = rows["video_id"].unique().to_pylist()
    found.append(names[0] if names else "")
    if len(names) != 1:
        yield f"row group {group}: {len(names)} videos ({', '.join(map(str, names[:3]))}), must be one"
    elif names[0] not in videos:
        yield f"row group {group}: video {names[0]} is not in videos.parquet"
    else:
        yield from (f"video {names[0]}, {problem}" for problem in check_rows(rows, videos[names[0]], max_seconds))


def _check_footer(path: Path, videos: dict[str, dict[str, Any]]) -> Iterator[str]:
    """videos.parquet follows from the shards' footers; what differs was changed by hand."""
    for said in described(path):
        video = videos.get(said["video_id"], {})
        wrong = [name for name, value in said.items() if video and video[name] != value]
        if wrong:
            yield f"video {said['video_id']}: videos.parquet has another {', '.join(wrong)}"


def _in_file(path: Path, problems: Iterator[str]) -> Iterator[str]:
    return (problem if problem.startswith(str(path)) else f"{path}: {problem}" for problem in problems)
