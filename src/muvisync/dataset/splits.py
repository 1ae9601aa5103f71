"""Splits and shards as stable functions of the video's id: adding videos never moves one."""

from __future__ import annotations

import hashlib


def id_to_split(video_id: str, val_share: float, test_share: float) -> str:
    """The split of a video: "train", "val" or "test"; the shares are of all videos to come."""
    place = _unit_interval("split", video_id)
    if place < test_share:
        return "test"
    return "val" if place < test_share + val_share else "train"


def id_to_shard(video_id: str, shards: int) -> str:
    """File name of the shard that holds a video."""
    return f"part-{int(_unit_interval('shard', video_id) * shards):05d}.parquet"


def _unit_interval(purpose: str, video_id: str) -> float:
    digest = hashlib.sha256(f"{purpose}:{video_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
