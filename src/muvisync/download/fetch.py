"""A source of any kind to a file in a scratch folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from muvisync.catalog import HttpFile, LocalFile, Sample, Site, Source
from muvisync.download.local import check_allowed, check_regular, copy_file
from muvisync.download.site import page_to_file
from muvisync.errors import Permanent
from muvisync.http import check_size, url_to_file
from muvisync.network import Manners
from muvisync.params import DownloadParams


@dataclass(frozen=True)
class Fetched:
    """A file that arrived: `name` carries the suffix the source gave it, `title` is the site's."""

    media: Path
    name: str
    title: str = ""
    truth: Path | None = None


def fetch_source(source: Source, folder: Path, params: DownloadParams) -> Fetched:
    """Bring the file of `source` into `folder`. Raises Transient, Permanent or Filtered."""
    match source:
        case Sample(index):
            return _sample(index, folder)
        case LocalFile(path):
            check_allowed(path, params.local_root)
            check_size(check_regular(path), params.max_bytes)
            copy_file(path, folder / "media")
            return Fetched(folder / "media", path.name)
        case HttpFile(url):
            manners = Manners(params.requests_per_minute, params.allow_private)
            limits = {"max_bytes": params.max_bytes, "timeout": params.timeout}
            url_to_file(url, folder / "media", **limits, manners=manners)
            return Fetched(folder / "media", PurePosixPath(unquote(urlsplit(url).path)).name)
        case Site(url):
            media, title = page_to_file(url, folder, params)
            return Fetched(media, media.name, title)


def _sample(index: int, folder: Path) -> Fetched:
    from muvisync import sample

    try:
        media, truth = sample.render_clip(index, folder, "media")
    except ValueError as error:
        raise Permanent(str(error)) from error
    return Fetched(media, media.name, truth=truth)
