"""The files of a release, from a folder or a zip that nobody trusts: what would leave the target never gets in."""

from __future__ import annotations

import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from muvisync.dataset.release import ReleaseError

_PARTS = "vevo_"
_META = "vevo_meta"
_DEPTH = 2  # folders around the release: `dataset/`, or `<repository>-main/dataset/`
_MOST_FILES = 200_000
_MOST_LISTED = 20
_HARMLESS = re.compile(r"(?!/)(?![A-Za-z]:)[^\\\x00-\x1f]+")


@dataclass(frozen=True)
class Member:
    """A file of the release: its path below the release's folder, its bytes, and how to read it."""

    path: PurePosixPath
    size: int
    open: Callable[[], IO[bytes]]


@contextmanager
def open_members(source: Path) -> Iterator[list[Member]]:
    """The files of the release in a folder or zip; what else is there is left where it is.

    Raises:
        ReleaseError: there is no release in it, or something that must not be unpacked.
    """
    if source.is_dir():
        yield _folder_members(release_folder(source))
        return
    try:
        with zipfile.ZipFile(source) as archive:
            yield _zip_members(source, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ReleaseError(f"{source} is not a zip file that can be read ({error})") from error


def release_folder(folder: Path) -> Path:
    """The folder in or at `folder` that holds the release. Raises ReleaseError unless there is one."""
    patterns = ["/".join(["*"] * depth + [_META]) for depth in range(_DEPTH + 1)]
    found = [path.parent for pattern in patterns for path in sorted(folder.glob(pattern)) if path.is_dir()]
    return _the_one(folder, found)


def copy_members(members: Iterable[Member], target: Path, max_bytes: int) -> None:
    """Write the files below `target`.

    Raises:
        ReleaseError: they are too many or too large, or the disk has no room for them.
    """
    members = list(members)
    size = sum(member.size for member in members)
    if len(members) > _MOST_FILES or size > max_bytes:
        raise ReleaseError(
            f"the release has {len(members):,} files of {size / 1e9:.1f} GB in all; the limits are {_MOST_FILES:,} "
            f"files and --max-bytes ({max_bytes / 1e9:.6g} GB)"
        )
    target.mkdir(parents=True)
    free = shutil.disk_usage(target).free
    if size > free:
        raise ReleaseError(f"no room: the release needs {size / 1e9:.1f} GB here, {free / 1e9:.1f} GB are free")
    for member in members:
        path = target / member.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with member.open() as stream, path.open("xb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)


def _folder_members(folder: Path) -> list[Member]:
    paths = [path for path in sorted(folder.rglob("*")) if _wanted(path.relative_to(folder).parts)]
    links = [f"{path} is a link" for path in paths if path.is_symlink()]
    odd = [f"{path} is no regular file" for path in paths if not (path.is_symlink() or path.is_dir() or path.is_file())]
    _refuse(folder, links + odd)
    return [
        Member(
            PurePosixPath(path.relative_to(folder).as_posix()), path.stat().st_size, lambda path=path: path.open("rb")
        )
        for path in paths
        if path.is_file()
    ]


def _zip_members(source: Path, archive: zipfile.ZipFile) -> list[Member]:
    infos = archive.infolist()
    _refuse(source, [problem for info in infos for problem in _zip_problems(info)])
    files = {PurePosixPath(info.filename): info for info in infos if not info.is_dir()}
    if len(files) < sum(not info.is_dir() for info in infos):
        raise ReleaseError(f"{source} holds a file twice")
    metas = {PurePosixPath(*path.parts[:at]) for path in files for at in _places(path)}
    root = _the_one(source, sorted(metas))
    inside = {path.relative_to(root): info for path, info in files.items() if path.is_relative_to(root)}
    return [
        Member(path, info.file_size, lambda info=info: archive.open(info))
        for path, info in sorted(inside.items())
        if _wanted(path.parts)
    ]


def _zip_problems(info: zipfile.ZipInfo) -> Iterator[str]:
    # orig_filename: `filename` is already cut at a NUL
    name = info.orig_filename
    if not _HARMLESS.fullmatch(name) or ".." in PurePosixPath(name).parts:
        yield f"{name[:80]!r} would not stay in its folder"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
        yield f"{name[:80]!r} is a link or another special file"
    if info.flag_bits & 1:
        yield f"{name[:80]!r} is encrypted"


def _places(path: PurePosixPath) -> list[int]:
    """How deep below the top `vevo_meta` stands in `path`; none if it does not."""
    return [at for at, part in enumerate(path.parts[: _DEPTH + 1]) if part == _META]


def _wanted(parts: tuple[str, ...]) -> bool:
    return parts[0].startswith(_PARTS) and not any(part.startswith(".") for part in parts)


def _the_one(source: Path, found: list) -> Path | PurePosixPath:
    if len(found) != 1:
        what = f"{len(found)} folders with {_META}/" if found else f"no folder {_META}/"
        raise ReleaseError(
            f"{source} does not look like the release: it has {what}, and vevo_chord/ and the like beside it"
        )
    return found[0]


def _refuse(source: Path, problems: list[str]) -> None:
    if problems:
        more = [f"  and {len(problems) - _MOST_LISTED} more"] if len(problems) > _MOST_LISTED else []
        lines = [f"  {problem}" for problem in problems[:_MOST_LISTED]]
        raise ReleaseError("\n".join([f"{source} was not unpacked:", *lines, *more]))
