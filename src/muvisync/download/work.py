"""One video: fetch it, look at it, put it into data/download/ with its metadata."""

from __future__ import annotations

import shutil
from pathlib import Path

from muvisync.catalog import LocalFile, Video, parse_source
from muvisync.container import MediaInfo
from muvisync.download.fetch import Fetched, fetch_source
from muvisync.download.items import OUT
from muvisync.download.media import check_media, media_suffix
from muvisync.download.scratch import scratch
from muvisync.download.site import check_duration
from muvisync.errors import Permanent
from muvisync.files import file_hash, read_json, temporary, write_json
from muvisync.http import check_size
from muvisync.media import PASSING, find_media
from muvisync.params import DownloadParams
from muvisync.stage import Done, Item


def download_video(params: DownloadParams, item: Item) -> Done:
    """Bring one video to data/download/, its media elsewhere if they are not to be kept.

    What is there from the same fetch is used again; media that were deleted after extraction are fetched only if some
    stage has asked for them.

    Raises:
        Transient, Permanent, Filtered: the video's outcome.
    """
    video = Video(**item.payload["row"])
    about = _found(item, params) or _fetch(video, item, params)
    _check_limits(about["duration"], about["bytes"], params)
    about |= item.payload["row"] | {"title": video.title or about["fetched"]["title"]}
    # last: it vouches for the files beside it
    write_json(_about_path(item.id), about)
    kept = [OUT / about["media"]] if params.keep else []
    return Done([*kept, *_truth_paths(about), _about_path(item.id)], about["duration"], _notes(about))


def _found(item: Item, params: DownloadParams) -> dict | None:
    """The metadata that are there, if they are of the same fetch and its media are whole, or gone on purpose."""
    try:
        about = read_json(_about_path(item.id))
        if about["fetched"]["key"] != item.payload["fetch"] or not all(p.exists() for p in _truth_paths(about)):
            return None
        media = find_media(about["media"])
        if not media.exists():
            return None if params.keep or item.payload["again"] else about
        if file_hash(media) != about["sha256"]:
            return None
        if media != _media_path(about, params):
            _move(media, _media_path(about, params))  # download.keep has changed
        return about
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent, torn or of an older version: fetched anew


def _fetch(video: Video, item: Item, params: DownloadParams) -> dict:
    source = parse_source(video.source)
    with scratch(item) as folder:
        fetched = fetch_source(source, folder, params)
        info, by_container = check_media(fetched.media)
        about = _describe(fetched, info, item, by_container)
        if isinstance(source, LocalFile) and about["sha256"] != item.payload["version"]:
            raise Permanent("the file changed while it was copied; run again")
        _check_limits(info.duration, about["bytes"], params)
        _move(fetched.media, _media_path(about, params))
        for path in _truth_paths(about):
            _move(fetched.truth, path)
    return about


def _describe(fetched: Fetched, info: MediaInfo, item: Item, by_container: str) -> dict:
    """What the metadata file says of the media file; the catalogue's columns are added to it."""
    return {
        "video_id": item.id,
        "media": f"{item.id}{media_suffix(fetched.name, by_container)}",
        "sha256": file_hash(fetched.media),
        "bytes": fetched.media.stat().st_size,
        "duration": info.duration,
        "width": info.width,
        "height": info.height,
        "fps": None if info.fps is None else round(info.fps, 6),
        "codec": info.codec,
        "has_audio": info.has_audio,
        "has_video": info.has_video,
        "fetched": {"key": item.payload["fetch"], "title": fetched.title, "truth": fetched.truth is not None},
    }


def _check_limits(seconds: float, size: int, params: DownloadParams) -> None:
    check_duration(seconds, params.max_duration)
    check_size(size, params.max_bytes)


def _media_path(about: dict, params: DownloadParams) -> Path:
    return (OUT if params.keep else PASSING) / about["media"]


def _truth_paths(about: dict) -> list[Path]:
    return [OUT / f"{about['video_id']}.truth.json"] if about["fetched"]["truth"] else []


def _about_path(name: str) -> Path:
    return OUT / f"{name}.json"


def _move(arrived: Path, path: Path) -> None:
    with temporary(path) as draft:
        shutil.move(arrived, draft)  # a rename, or a copy where data/download is another file system


def _notes(about: dict) -> list[str]:
    return [f"no {what}" for what, there in (("sound", "has_audio"), ("picture", "has_video")) if not about[there]]
