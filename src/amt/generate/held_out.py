"""Which videos get music: held-out ones whose picture was measured and whose file is here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from muvisync.files import read_json
from muvisync.media import find_media
from muvisync.schema import VIDEOS, read_table

DATASET, DOWNLOAD, VIDEO = Path("data/dataset"), Path("data/download"), Path("data/video")
_HELD_OUT, _SEEN = ("test", "val"), ("train",)


@dataclass(frozen=True)
class Candidate:
    """A video that can get music."""

    video_id: str
    title: str
    split: str
    media: Path
    sha256: str
    features: Path


def choose_videos(count: int) -> list[Candidate]:
    """At most `count` videos of the test split, then val, each sorted by id; of train only where those have none."""
    rows = sorted(read_table(DATASET / "videos.parquet", VIDEOS).to_pylist(), key=lambda row: row["video_id"])
    for splits in (_HELD_OUT, _SEEN):
        found = [_to_candidate(row) for split in splits for row in rows if row["split"] == split and _is_here(row)]
        if found:
            return found[:count]
    return []


def _is_here(row: dict) -> bool:
    name = row["video_id"]
    if not row["has_video"] or not (VIDEO / f"{name}.parquet").is_file() or not (DOWNLOAD / f"{name}.json").is_file():
        return False
    # with download.keep: false it is gone after extraction, and there is no picture to set to music
    return find_media(read_json(DOWNLOAD / f"{name}.json")["media"]).is_file()


def _to_candidate(row: dict) -> Candidate:
    name = row["video_id"]
    delivered = read_json(DOWNLOAD / f"{name}.json")
    return Candidate(
        video_id=name,
        title=row["title"] or name,
        split=row["split"],
        media=find_media(delivered["media"]),
        sha256=delivered["sha256"],
        features=VIDEO / f"{name}.parquet",
    )
