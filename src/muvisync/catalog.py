"""data/catalog.csv: which videos there are. It is checked as a whole: every problem is reported at once, with its line.

A source is one of four kinds:
    sample:3                          a clip of the built-in sample
    https://host/path/clip.mp4        a media file (the address ends in one of MEDIA_SUFFIXES): fetched as it is
    https://host/anything-else        a page of a video site: yt-dlp finds the video in it
    clips/one.mp4, /mnt/clips/one.mp4 a file here; relative to the workspace (the folder of params.yaml)
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, urlsplit

from muvisync.errors import UserError
from muvisync.files import atomic_write_text

CATALOG = Path("data/catalog.csv")
COLUMNS = ("video_id", "source", "title", "license", "tags")
_PICTURE_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".flv", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts"}
_MORE_SUFFIXES = {".ogv", ".wmv", ".3gp", ".m4a", ".mp3", ".wav", ".flac", ".ogg", ".opus", ".aac"}
MEDIA_SUFFIXES = frozenset(_PICTURE_SUFFIXES | _MORE_SUFFIXES)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters or more: C:\clips is a path
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST = {"source": 4096, "title": 500, "license": 200, "tags": 1000}
_MOST_BYTES = 1 << 28
_MOST_LISTED = 100


class CatalogError(UserError):
    """The catalogue is not usable; the message lists every problem with its line."""


@dataclass(frozen=True)
class Video:
    """One row of the catalogue; `tags` are separated by spaces."""

    video_id: str
    source: str
    title: str = ""
    license: str = ""
    tags: str = ""


@dataclass(frozen=True)
class Sample:
    """Clip `index` of the built-in sample."""

    index: int


@dataclass(frozen=True)
class HttpFile:
    """A media file behind an http(s) address."""

    url: str


@dataclass(frozen=True)
class Site:
    """A page of a video site."""

    url: str


@dataclass(frozen=True)
class LocalFile:
    """A file on this machine."""

    path: Path


Source = Sample | HttpFile | Site | LocalFile


def parse_source(text: str) -> Source:
    """Tell which kind of source `text` is. Raises ValueError saying what to write instead."""
    if not text:
        raise ValueError("the source is empty; write an http(s) address, a file's path or sample:<n>")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return LocalFile(Path(text))
    match scheme[1].lower():
        case "sample":
            index = text[len("sample:") :]
            if not re.fullmatch(r"[0-9]{1,6}", index):
                raise ValueError(f"{_short(text)}: write sample:<n>, for example sample:3")
            return Sample(int(index))
        case "http" | "https":
            path = _checked_url(text).path
            return (HttpFile if PurePosixPath(path).suffix.lower() in MEDIA_SUFFIXES else Site)(text)
        case "file":
            raise ValueError(f"{_short(text)}: write the file's path without file:")
        case name:
            raise ValueError(
                f"{_short(text)}: {name}: is not a kind of source; sources are http:, https:, sample:<n> and paths "
                "(write ./ before a file name with a colon)"
            )


def source_key(video: Video) -> str:
    """A text that two rows share exactly when they name the same source. Raises ValueError as `parse_source`."""
    match parse_source(video.source):
        case Sample(index):
            return f"sample:{index}"
        case LocalFile(path):
            return str(_absolute(path))
        case HttpFile(url) | Site(url):
            parts = urlsplit(url)
            return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), fragment="").geturl()


def local_source(path: Path) -> str:
    """The source text of a file: relative inside the workspace, so that the workspace can move; else absolute."""
    path = _absolute(path)
    text = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
    return f"./{text}" if _SCHEME.match(text) else text


def resolved(videos: Iterable[Video], folder: Path) -> list[Video]:
    """The videos with relative local sources, which are relative to `folder`, made absolute."""

    def _resolve(video: Video) -> Video:
        match parse_source(video.source):
            case LocalFile(path):
                return replace(video, source=str(_absolute(folder / path)))
        return video

    return [_resolve(video) for video in videos]


def read_catalog(path: Path = CATALOG) -> list[Video]:
    """Read and check a catalogue, in the order of its rows.

    Raises:
        CatalogError: it is missing, is not a UTF-8 CSV file with exactly COLUMNS, or has rows that can't be right.
    """
    problems: list[tuple[int, str]] = []
    rows = _rows(_text(Path(path)), problems)
    line, header = next(rows, (1, []))
    header = [name.strip() for name in header]
    problems += [(line, problem) for problem in _header_problems(header)]
    videos: list[tuple[int, Video]] = []
    if {"video_id", "source"} <= set(header) and len(set(header)) == len(header) < 2 * len(COLUMNS):
        for line, cells in rows:
            if len(cells) != len(header):
                problems.append((line, f"{_cells(cells)}, must be {len(header)}; put commas inside double quotes"))
            else:
                cell = dict(zip(header, map(str.strip, cells), strict=True))
                videos.append((line, Video(**{name: cell.get(name, "") for name in COLUMNS})))
    problems += _video_problems(videos)
    _refuse(path, problems)
    return [video for _, video in videos]


def write_catalog(path: Path, videos: Iterable[Video]) -> None:
    """Write a catalogue, whole or not at all, in the given order.

    Raises:
        CatalogError: a row could not be read back.
    """
    videos = list(videos)
    _refuse(path, _video_problems(enumerate(videos, start=2)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(asdict(video).values() for video in videos)
    atomic_write_text(path, text.getvalue())


def _absolute(path: Path) -> Path:
    # not resolve(): a link may point elsewhere tomorrow
    return Path(os.path.normpath(path.absolute()))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CatalogError(f"{path} is larger than {_MOST_BYTES >> 20} MiB; split it into several catalogues")
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise CatalogError(f"{path} is missing; `muvisync add SOURCE` starts one") from error
    except OSError as error:
        raise CatalogError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CatalogError(f"{path}, line {line}: not UTF-8; save it again with UTF-8 as its encoding") from error


def _rows(text: str, problems: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line it starts on; where the CSV itself breaks, the rest is lost."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append((line, f"not CSV ({error}); check the double quotes of this row"))


def _header_problems(header: list[str]) -> list[str]:
    wanted = ",".join(COLUMNS)
    if len(header) >= 2 * len(COLUMNS):
        return [f"{_cells(header)}; the first line must be {wanted}"]
    absent = [name for name in COLUMNS if name not in header]
    missing = [f"missing column{'s' if len(absent) > 1 else ''} {', '.join(absent)}"] if absent else []
    extra = [f"column {_short(name)} is not known" for name in header if name not in COLUMNS]
    twice = [f"column {name} is there twice" for name in COLUMNS if header.count(name) > 1]
    return [f"{problem}; the first line must be {wanted}" for problem in missing + extra + twice]


def _video_problems(videos: Iterable[tuple[int, Video]]) -> Iterator[tuple[int, str]]:
    seen: dict[str, tuple[int, str]] = {}
    for line, video in videos:
        name = video.video_id
        yield from ((line, problem) for problem in _cell_problems(video))
        if not _ID.fullmatch(name):
            yield (
                line,
                f"video_id {_short(name)}: use 1 to 64 letters, digits, - and _, the first a letter or digit",
            )
            continue
        first, twin = seen.setdefault(name.lower(), (line, name))
        if first != line:
            # some file systems take A and a for the same file
            why = "" if twin == name else f" (as {twin}; upper and lower case count as the same)"
            yield line, f"video_id {name} is already on line {first}{why}; give it another id"


def _cell_problems(video: Video) -> Iterator[str]:
    controls = [name for name in COLUMNS if _CONTROL.search(getattr(video, name))]
    yield from (f"{name} has a line break, NUL or other control character; delete it" for name in controls)
    for name, most in _LONGEST.items():
        if len(getattr(video, name)) > most:
            yield f"{name} has {len(getattr(video, name))} characters; {most} is the limit"
    try:
        parse_source(video.source)
    except ValueError as error:
        yield str(error)


def _checked_url(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", text)
    except ValueError:  # from urlsplit or from .port
        whole = False
    if not whole:
        raise ValueError(f"{_short(text)}: not a whole web address")
    if "@" in parts.netloc:
        raise ValueError("the address holds a user name; a catalogue is published, keep passwords out of it")
    return parts


def _refuse(path: Path, problems: Iterable[tuple[int, str]]) -> None:
    found = sorted(problems, key=lambda problem: problem[0])
    if found:
        lines = [f"  line {line}: {problem}" for line, problem in found[:_MOST_LISTED]]
        more = [f"  and {len(found) - _MOST_LISTED} more"] if len(found) > _MOST_LISTED else []
        raise CatalogError("\n".join([f"{path} has {len(found)} problem(s):", *lines, *more]))


def _cells(cells: list[str]) -> str:
    return f"{len(cells)} column{'s' if len(cells) != 1 else ''}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
