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
from muvisync.params import DownloadParams
from muvisync.stage import Done, Item


def download_video(params: DownloadParams, item: Item) -> Done:
    """Bring one video to data/download/; what is there from the same fetch is used again.

    Raises:
        Transient, Permanent, Filtered: the video's outcome.
    """
    video = Video(**item.payload["row"])
    about = _kept(item) or _fetch(video, item, params)
    _check_limits(about["duration"], about["bytes"], params)
    about |= item.payload["row"] | {"title": video.title or about["fetched"]["title"]}
    # last: it vouches for the files beside it
    write_json(_about_path(item.id), about)
    return Done([*_media_paths(about), _about_path(item.id)], about["duration"], _notes(about))


def _kept(item: Item) -> dict | None:
    """The metadata of the file that is there, if it came from the same fetch and is whole."""
    try:
        about = read_json(_about_path(item.id))
        same = about["fetched"]["key"] == item.payload["fetch"] and all(path.exists() for path in _media_paths(about))
        return about if same and file_hash(OUT / about["media"]) == about["sha256"] else None
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
        for arrived, path in zip([fetched.media, fetched.truth], _media_paths(about), strict=False):
            _move(arrived, path)
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


def _media_paths(about: dict) -> list[Path]:
    truth = [OUT / f"{about['video_id']}.truth.json"] if about["fetched"]["truth"] else []
    return [OUT / about["media"], *truth]


def _about_path(name: str) -> Path:
    return OUT / f"{name}.json"


def _move(arrived: Path, path: Path) -> None:
    with temporary(path) as draft:
        shutil.move(arrived, draft)  # a rename, or a copy where data/download is another file system


def _notes(about: dict) -> list[str]:
    return [f"no {what}" for what, there in (("sound", "has_audio"), ("picture", "has_video")) if not about[there]]
