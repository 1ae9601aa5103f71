"""Rows of the catalogue as items of work.

An item carries two hashes. `input` covers the whole row: a new title makes new metadata. `fetch` covers only what
decides the bytes: as long as it stays, the media file that is there is used again, so mending a title or raising a
limit does not fetch a video anew, least of all one that its site has deleted since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import muvisync
from muvisync.catalog import LocalFile, Sample, Site, Source, Video, parse_source, source_key
from muvisync.download.local import content_hash
from muvisync.errors import UserError
from muvisync.files import file_hash, json_hash
from muvisync.media import DOWNLOADS, wanted
from muvisync.params import DownloadParams
from muvisync.stage import Item

OUT = DOWNLOADS


def to_items(videos: Iterable[Video], params: DownloadParams) -> list[Item]:
    """One item a video.

    Raises:
        UserError: there are no videos, or one lies in the folder whose orphans this stage deletes.
    """
    videos = list(videos)
    if not videos:
        raise UserError("data/catalog.csv lists no videos; `muvisync add SOURCE` adds one")
    _refuse_own_folder(videos)
    again = wanted()
    return [_to_item(video, params, video.video_id in again) for video in videos]


def _to_item(video: Video, params: DownloadParams, again: bool) -> Item:
    row = asdict(video)
    source = parse_source(video.source)
    version = _version(source, params)
    # a local file is known by its content: the workspace may move
    name = source.path.name if isinstance(source, LocalFile) else source_key(video)
    fetch = json_hash([name, version])
    payload = {"row": row, "fetch": fetch, "version": version, "again": again}
    return Item(video.video_id, json_hash([row, fetch]), payload)


def _version(source: Source, params: DownloadParams) -> str:
    """What decides the bytes beside the source's name; yt-dlp's version does not: links rot faster than it improves."""
    match source:
        case LocalFile(path):
            return content_hash(path, params.local_root)
        case Sample():
            return _sample_version()
        case Site():
            return str(params.max_height)
    return ""


@cache
def _sample_version() -> str:
    # the code is the version: nobody has to remember to raise a number
    code = Path(muvisync.__file__).parent / "sample"
    return json_hash([file_hash(path) for path in sorted(code.glob("*.py"))])


def _refuse_own_folder(videos: list[Video]) -> None:
    own = OUT.resolve()
    sources = [(video.video_id, parse_source(video.source)) for video in videos]
    inside = [
        f"  {name}: {source.path}"
        for name, source in sources
        if isinstance(source, LocalFile) and source.path.resolve().is_relative_to(own)
    ]
    if inside:
        lines = "\n".join(inside)
        raise UserError(
            f"these sources lie in {OUT}, which this stage tidies up; move them elsewhere and mend the "
            f"catalogue:\n{lines}"
        )
