"""`muvisync add`: append videos to the catalogue."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import parse_qs, unquote, urlsplit

import typer

from muvisync.catalog import (
    CATALOG,
    CatalogError,
    HttpFile,
    LocalFile,
    Sample,
    Video,
    local_source,
    parse_source,
    read_catalog,
    source_key,
    write_catalog,
)
from muvisync.errors import UserError

_SLUG_LENGTH = 40


def add(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Web addresses, files, or sample:<n>.", show_default=False)
    ],
    title: Annotated[
        str, typer.Option(help="Title; for one source only. Default: the site's, or the file's name.")
    ] = "",
    license: Annotated[str, typer.Option(help='Licence of all of them, such as "CC-BY-4.0".')] = "",
    tags: Annotated[str, typer.Option(help="Tags of all of them, separated by spaces.")] = "",
) -> None:
    """Add videos to data/catalog.csv.

    Nothing is added unless all of SOURCE... can be.
    """
    if title and len(sources) > 1:
        raise UserError("--title names one video; add the sources one by one, or leave the title out")
    # the first `add` in an empty folder starts the catalogue
    listed = read_catalog() if CATALOG.exists() else []
    row = {"title": _one_line(title), "license": _one_line(license), "tags": _one_line(tags)}
    new = _new_videos(sources, listed, row)
    write_catalog(CATALOG, [*listed, *new])
    for video in new:
        print(f"added {video.video_id}: {video.source}")
    print(f"{CATALOG} lists {len(listed) + len(new)} videos now. Next: `muvisync run` (what is done stays done)")


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


def _new_videos(sources: list[str], listed: list[Video], row: dict[str, str]) -> list[Video]:
    sources_seen = {source_key(video): video.video_id for video in listed}
    ids_seen = {video.video_id.lower() for video in listed}
    new, problems = [], []
    for text in sources:
        try:
            video = _to_video(text.strip(), row)
        except ValueError as error:
            problems.append(f"  {error}")
            continue
        twin = sources_seen.get(source_key(video))
        if twin:
            problems.append(f"  {text}: already in the catalogue as {twin}")
        elif video.video_id.lower() in ids_seen:
            problems.append(f"  {text}: its id {video.video_id} is taken by another source; add the row by hand")
        else:
            new.append(video)
            sources_seen[source_key(video)] = video.video_id
            ids_seen.add(video.video_id.lower())
    if problems:
        raise CatalogError("\n".join(["nothing was added:", *problems]))
    return new


def _to_video(text: str, row: dict[str, str]) -> Video:
    source = _checked(text)
    video = Video(source_to_id(source), source, **row)
    parsed = parse_source(source)
    named = isinstance(parsed, LocalFile | HttpFile) and not video.title
    return replace(video, title=_one_line(_name(parsed))) if named else video


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


def _one_line(text: str) -> str:
    return " ".join(text.split())
