"""New work from outside: videos of a watched folder or list that the catalogue lacks, and a newer published release."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import requests

from muvisync.catalog import CATALOG, MEDIA_SUFFIXES, Video, read_catalog, write_catalog
from muvisync.errors import Filtered, Permanent, Transient, UserError
from muvisync.files import is_temporary, json_hash, read_json, write_json
from muvisync.http import url_to_file
from muvisync.new_videos import find_new
from muvisync.params import Params

_CACHE = Path("data/cache/retrain")
_SEEN = _CACHE / "release.json"
_MOST_BYTES = 1 << 26  # of a list
_REMOTE = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class News:
    """What a run should take in.

    Attributes:
        videos: new rows for the catalogue.
        release: the published release where it is newer than the one that was imported; None otherwise.
        mark: by which that release will be known.
        problems: sentences on sources that can't be added.
    """

    videos: list[Video]
    release: str | None
    mark: str | None
    problems: list[str]

    def __bool__(self) -> bool:
        return bool(self.videos or self.release)


def look_for_news(params: Params) -> News:
    """Compare what `retrain.watch` and `retrain.release` name with what this workspace has.

    Raises:
        UserError: one of them can't be read.
    """
    watch, release = params.retrain.watch, params.retrain.release
    found = find_new(list_sources(watch, params.download.timeout) if watch else [], _listed())
    mark = release_mark(release, params.download.timeout) if release else None
    newer = mark is not None and mark != (read_json(_SEEN) if _SEEN.exists() else None)
    return News(found.new, release if newer else None, mark, found.problems)


def add_news(news: News) -> None:
    """Append the new videos to the catalogue."""
    if news.videos:
        write_catalog(CATALOG, [*_listed(), *news.videos])


def remember_release(news: News) -> None:
    """Know the release from now on; to be called once it is imported."""
    write_json(_SEEN, news.mark)


def list_sources(watch: str, timeout: float) -> list[str]:
    """The sources of a folder (its media files, also deeper) or of a list (one a line, # begins a comment).

    Paths in a list are relative to the list. Copy a file into the folder under another name, such as clip.mp4.part, and
    rename it when it is whole.

    Args:
        timeout: seconds that the server of a list may stay silent.

    Raises:
        UserError: there is no such folder or list, or a list behind an address names files of this machine.
    """
    if _REMOTE.match(watch):
        return _checked_remote(watch, _lines(_fetch(watch, timeout)))
    path = Path(watch)
    if path.is_dir():
        files = (each for each in path.rglob("*") if each.suffix.lower() in MEDIA_SUFFIXES and each.is_file())
        return [str(each) for each in sorted(files) if not is_temporary(each)]
    if not path.is_file():
        raise UserError(f"retrain.watch: {watch} is no folder, no list and no address; mend it in params.yaml")
    try:
        lines = _lines(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(
            f"{watch} is not a list of sources in UTF-8, one a line; name a text file or a folder"
        ) from error
    return [line if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", line) else str(path.parent / line) for line in lines]


def release_mark(source: str, timeout: float) -> str:
    """A text that changes when the release does: of names, sizes and times of files, or of what its server says.

    Raises:
        UserError: it is not there.
    """
    if _REMOTE.match(source):
        return json_hash(_describe_remote(source, timeout))
    path = Path(source)
    if not path.exists():
        raise UserError(f"retrain.release: {source} is not there; mend it in params.yaml")
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    stats = ((str(each), each.stat()) for each in files)
    return json_hash([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])


def _listed() -> list[Video]:
    return read_catalog() if CATALOG.exists() else []


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _fetch(url: str, timeout: float) -> str:
    path = _CACHE / "list.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a list is small: never resumed
    try:
        url_to_file(url, path, max_bytes=_MOST_BYTES, timeout=timeout)
        return path.read_text(encoding="utf-8-sig")
    except (Permanent, Transient, Filtered, UnicodeDecodeError) as error:
        raise UserError(f"retrain.watch: {url} could not be read ({error}); mend it, or run again later") from error


def _checked_remote(url: str, sources: Iterable[str]) -> list[str]:
    sources = list(sources)
    local = [source for source in sources if not re.match(r"(https?|sample):", source, re.IGNORECASE)]
    if local:
        raise UserError(f"{url} names {local[0]!r}: a list behind an address can't name files of this machine")
    return sources


def _describe_remote(url: str, timeout: float) -> list[str]:
    try:
        answer = requests.head(url, allow_redirects=True, timeout=timeout)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise UserError(f"retrain.release: {url} did not answer ({type(error).__name__}); run again later") from error
    return [url, *(answer.headers.get(name, "") for name in ("ETag", "Last-Modified", "Content-Length"))]
