"""From sources to new rows of the catalogue: each with a readable id, none twice."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from muvisync.catalog import HttpFile, LocalFile, Sample, Video, local_source, parse_source, source_key

_SLUG_LENGTH = 40


@dataclass
class Found:
    """What sources came to.

    Attributes:
        new: rows to add, in the order of their sources.
        known: sources that the catalogue has, and under which id.
        problems: sentences on sources that can't be added, each with its source.
    """

    new: list[Video] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def find_new(sources: Iterable[str], listed: Iterable[Video], row: Mapping[str, str] | None = None) -> Found:
    """Tell which sources are new to the catalogue `listed`.

    Args:
        row: title, license and tags of all of them.
    """
    keys = {source_key(video): video.video_id for video in listed}
    ids = {name.lower() for name in keys.values()}
    found = Found()
    for text in sources:
        try:
            video = _to_video(text.strip(), row or {})
        except ValueError as error:
            found.problems.append(str(error))
            continue
        key = source_key(video)
        if key in keys:
            found.known[text] = keys[key]
        elif video.video_id.lower() in ids:
            found.problems.append(f"{text}: its id {video.video_id} is taken by another source; add the row by hand")
        else:
            found.new.append(video)
            keys[key] = video.video_id
            ids.add(video.video_id.lower())
    return found


def source_to_id(source: str) -> str:
    """A readable id that is the same for the same source, whatever else the catalogue holds.

    The name in the source, and 8 hexadecimal digits of its hash so that two `clip.mp4` differ. Raises ValueError.
    """
    parsed = parse_source(source)
    if isinstance(parsed, Sample):
        return f"sample-{parsed.index:02}"
    # a local file by its text, not its absolute path: a moved workspace keeps its ids
    key = source if isinstance(parsed, LocalFile) else source_key(Video("", source))
    return f"{_slug(_name(parsed))}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def one_line(text: str) -> str:
    """`text` with every run of white space as one space."""
    return " ".join(text.split())


def _to_video(text: str, row: Mapping[str, str]) -> Video:
    source = _checked(text)
    video = Video(source_to_id(source), source, **row)
    parsed = parse_source(source)
    named = isinstance(parsed, LocalFile | HttpFile) and not video.title
    return replace(video, title=one_line(_name(parsed))) if named else video


def _checked(text: str) -> str:
    """The source as the catalogue writes it. Raises ValueError unless it could be fetched."""
    source = parse_source(text)
    if not isinstance(source, LocalFile):
        return text
    if source.path.is_dir():
        raise ValueError(f"{text}: a folder; name the files in it, for example {text.rstrip('/')}/*.mp4")
    if not source.path.is_file():
        raise ValueError(f"{text}: no such file")
    if not source.path.stat().st_size:
        raise ValueError(f"{text}: an empty file")
    return local_source(source.path)


def _name(source: object) -> str:
    """The part of a source that a person would know it by."""
    if isinstance(source, LocalFile):
        return source.path.stem
    parts = urlsplit(source.url)
    path = PurePosixPath(unquote(parts.path))
    if isinstance(source, HttpFile):
        return path.stem
    return parse_qs(parts.query).get("v", [path.name])[0] or parts.hostname


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:_SLUG_LENGTH].strip("-")
    return slug or "video"
