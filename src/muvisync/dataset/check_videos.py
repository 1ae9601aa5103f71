"""Is videos.parquet right, row by row and as a whole? And quality.parquet beside it?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from muvisync.chords import parse_key
from muvisync.dataset.splits import id_to_shard, id_to_split
from muvisync.params import DatasetParams
from muvisync.schema import DECISIONS, PROVENANCES, QUALITY_SCORES, SPLITS


def check_videos(
    videos: list[dict[str, Any]], params: DatasetParams, published: dict[str, str] | None
) -> Iterator[str]:
    """Every problem of the rows of videos.parquet.

    Args:
        published: the split of each published video's id; None where the release is not at hand.
    """
    yield from _order(videos)
    contents: dict[str, str] = {}
    for video in videos:
        name = video["video_id"]
        yield from (f"video {name}: {problem}" for problem in _check_video(video, params, published))
        twin = contents.setdefault(video["content_hash"], name)
        if twin != name:
            yield f"video {name}: the same content as {twin}"
    if published is not None:
        there = {video["video_id"] for video in videos if video["provenance"] == "published"}
        foreign = sorted(there - published.keys())
        yield from (f"video {name}: published, but not in the release's split lists" for name in foreign)


def _check_video(video: dict[str, Any], params: DatasetParams, published: dict[str, str] | None) -> Iterator[str]:
    name = video["video_id"]
    for column, known in (("split", SPLITS), ("provenance", PROVENANCES), ("mode", ("major", "minor", None))):
        if video[column] not in known:
            yield f"{column} {video[column]!r} is none of {', '.join(map(str, known))}"
    yield from _check_key(video)
    for column in ("content_hash", "rows_hash"):
        if not video[column]:
            yield f"{column} is missing"
    if video["seconds"] < 1:
        yield f"seconds {video['seconds']}: a video without rows"
    if video["duration"] is None or not np.isfinite(video["duration"]) or video["duration"] < 0:
        yield f"duration {video['duration']} is not a length in seconds"
    shard = id_to_shard(name, params.shards)
    if video["shard"] != shard:
        yield f"shard {video['shard']}, the id belongs to {shard}"
    wanted = _wanted_split(video, params, published)
    if wanted and video["split"] != wanted:
        yield f"split {video['split']}, must be {wanted}"


def _check_key(video: dict[str, Any]) -> Iterator[str]:
    try:
        mode = parse_key(video["key"]).mode if video["key"] else None
    except ValueError as error:
        yield f"key {error}"
        return
    if video["mode"] != mode:
        yield f"mode {video['mode']}, the key is {video['key']}"


def _wanted_split(video: dict[str, Any], params: DatasetParams, published: dict[str, str] | None) -> str | None:
    if video["provenance"] == "published":
        return (published or {}).get(video["video_id"])
    return id_to_split(video["video_id"], params.val_share, params.test_share)


def check_quality(rows: list[dict[str, Any]], videos: set[str]) -> Iterator[str]:
    """Every problem of the rows of quality.parquet; `videos` are the ids of videos.parquet."""
    yield from _order(rows)
    kept = {row["video_id"] for row in rows if row["decision"] == "kept"}
    yield from (f"video {name}: in videos.parquet, but not kept here" for name in sorted(videos - kept))
    yield from (f"video {name}: kept here, but not in videos.parquet" for name in sorted(kept - videos))
    for row in rows:
        yield from (f"video {row['video_id']}: {problem}" for problem in _check_scores(row))


def _check_scores(row: dict[str, Any]) -> Iterator[str]:
    if row["decision"] not in DECISIONS:
        yield f"decision {row['decision']!r} is none of {', '.join(DECISIONS)}"
    if (row["decision"] == "kept") == bool(row["reason"]):
        yield f"decision {row['decision']} with the reason {row['reason']!r}"
    for name in QUALITY_SCORES:
        most = np.inf if name in ("duration", "resolution") else 1.0
        if row[name] is not None and not 0 <= row[name] <= most:
            yield f"{name} {row[name]} can't be"


def _order(rows: list[dict[str, Any]]) -> Iterator[str]:
    for before, name in pairwise(row["video_id"] for row in rows):
        if before == name:
            yield f"video {name}: listed twice"
        elif before > name:
            yield f"video {name}: stands after {before}; the ids must be sorted"
