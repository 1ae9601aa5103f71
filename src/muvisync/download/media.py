"""Is it a video? Looked at before anything else of the pipeline touches a file that came from outside."""

from __future__ import annotations

from pathlib import Path

from muvisync.catalog import MEDIA_SUFFIXES
from muvisync.container import MediaInfo, container_suffix, probe
from muvisync.errors import Permanent


def check_media(path: Path) -> tuple[MediaInfo, str]:
    """What the file contains and the suffix that fits its container.

    Raises:
        Permanent: it is empty, is not media, or lasts no time.
    """
    if not path.stat().st_size:
        raise Permanent("empty file")
    suffix = container_suffix(path)
    info = probe(path)
    if info.duration <= 0:
        raise Permanent("not a video that can be opened (it has no length)")
    return info, suffix


def media_suffix(name: str, by_container: str) -> str:
    """The suffix that a source's name has, lower case, if it is one of a media file; else the container's."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in MEDIA_SUFFIXES else by_container
