"""Is it a video? Looked at before anything else of the pipeline touches a file that came from outside."""

from __future__ import annotations

from pathlib import Path

from muvisync.catalog import MEDIA_SUFFIXES
from muvisync.errors import Permanent
from muvisync.ffmpeg import MediaInfo, probe

_SUFFIX_OF = {
    "mov,mp4,m4a,3gp,3g2,mj2": ".mp4",
    "matroska,webm": ".mkv",
    "avi": ".avi",
    "flv": ".flv",
    "mpegts": ".ts",
    "mpeg": ".mpg",
    "asf": ".wmv",
    "ogg": ".ogg",
    "mp3": ".mp3",
    "wav": ".wav",
    "flac": ".flac",
    "aac": ".aac",
}
"""Containers that are taken. Playlists (hls, concat, dash) are not: they make ffmpeg open other files."""


def check_media(path: Path) -> tuple[MediaInfo, str]:
    """What the file contains and the suffix that fits its container.

    Raises:
        Permanent: it is empty, is not media, or lasts no time.
    """
    if not path.stat().st_size:
        raise Permanent("empty file")
    suffix = _container_suffix(path)
    info = probe(path)
    if info.duration <= 0:
        raise Permanent("not a video that can be opened (it has no length)")
    return info, suffix


def media_suffix(name: str, by_container: str) -> str:
    """The suffix that a source's name has, lower case, if it is one of a media file; else the container's."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in MEDIA_SUFFIXES else by_container


def _container_suffix(path: Path) -> str:
    import av

    allowed = ",".join(_SUFFIX_OF)
    options = {"protocol_whitelist": "file", "format_whitelist": allowed}
    try:
        with av.open(str(path.resolve()), options=options) as container:
            return _SUFFIX_OF[container.format.name]
    except (av.FFmpegError, ValueError) as error:
        raise Permanent(f"not a video that can be opened ({getattr(error, 'strerror', error)})") from error
