"""The published MuVi-Sync release as a whole: which songs, in which split, under which title; and is all of it right?

The layout is that of the authors' record (Kang, Poria, Herremans, arXiv 2311.00968): `vevo_<feature>/.../<id>.lab`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from muvisync.chords import CHORDS
from muvisync.dataset.song import FILES, SongError, read_song, song_paths
from muvisync.errors import UserError
from muvisync.files import file_hash, json_hash, read_json
from muvisync.schema import SPLITS

_SONG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,57}")
_LISTED = re.compile(r"([A-Za-z0-9_]+)-(.*)\t([A-Za-z0-9_-]+)\s*")
_MOST_LISTED = 100


class ReleaseError(UserError):
    """The folder is not the published release, or there is something wrong in it."""


@dataclass(frozen=True)
class Release:
    """What the lists say: `splits` by song, `titles` (title, YouTube's id) by song, `left_out` songs of no split."""

    folder: Path
    splits: dict[str, str]
    titles: dict[str, tuple[str, str]]
    left_out: tuple[str, ...]


def read_release(folder: Path) -> Release:
    """Read the lists of a release. Raises ReleaseError with every problem in them, and with every missing file."""
    release, problems = _read_lists(folder)
    problems += _missing(release)
    refuse(folder, problems)
    return release


def check_release(folder: Path, name: str) -> tuple[Release, int]:
    """Read every file of a release; return it and its number of seconds.

    Args:
        name: what people know `folder` by.

    Raises:
        ReleaseError: every problem that there is in the lists and the songs, with file and line.
    """
    release, problems = _read_lists(folder)
    problems += _check_vocabulary(folder)
    seconds = 0
    for song in sorted(release.splits):
        try:
            seconds += read_song(song_paths(folder, song)).seconds
        except SongError as error:
            problems += error.problems
    refuse(folder, problems, name)
    return release, seconds


def refuse(folder: Path, problems: list[str], name: str = "") -> None:
    """Raise ReleaseError if there are problems; they name files below `folder`, which people know as `name`."""
    if problems:
        shown = [f"  {problem.replace(f'{folder}/', '')}" for problem in problems[:_MOST_LISTED]]
        more = [f"  and {len(problems) - _MOST_LISTED} more"] if len(problems) > _MOST_LISTED else []
        raise ReleaseError("\n".join([f"{name or folder} has {len(problems)} problem(s):", *shown, *more]))


def song_hashes(release: Release) -> dict[str, str]:
    """Hash of everything that the rows of a song are made of, by song."""
    return {song: _song_hash(release.folder, song) for song in sorted(release.splits)}


def release_hash(release: Release, songs: dict[str, str]) -> str:
    """Hash of a release: its lists, and the hash of each of its `songs`."""
    return json_hash([release.splits, release.titles, songs])


def _song_hash(folder: Path, song: str) -> str:
    paths = song_paths(folder, song)
    return json_hash({name: file_hash(paths[name]) for name in FILES})


def _read_lists(folder: Path) -> tuple[Release, list[str]]:
    problems: list[str] = []
    listed: dict[str, list[str]] = {}
    for split in SPLITS:
        path = folder / f"vevo_meta/split/v1/{split}.txt"
        if not path.is_file():
            problems.append(f"{path} is missing")
            continue
        for line, song in enumerate(path.read_text(encoding="utf-8", errors="replace").split(), start=1):
            if _SONG.fullmatch(song):
                listed.setdefault(song, []).append(split)
            else:
                problems.append(f"{path}, line {line}: {song[:60]!r} is not the name of a song")
    problems += [
        f"{folder}/vevo_meta/split/v1: song {song} is listed in {' and '.join(splits)}; it must be in one, once"
        for song, splits in sorted(listed.items())
        if len(splits) > 1
    ]
    titles = _read_titles(folder / "vevo_meta/idlist.txt", problems)
    problems += [
        f"{folder}/vevo_meta/split/v1/{splits[0]}.txt: song {song} is not in vevo_meta/idlist.txt"
        for song, splits in sorted(listed.items())
        if titles and song not in titles
    ]
    if not listed and not problems:
        problems.append(f"{folder}/vevo_meta/split/v1: no song in any split")
    there = {path.stem for path in (folder / FILES["chord"]).parent.glob("*.lab")}
    splits = {song: splits[0] for song, splits in sorted(listed.items())}
    return Release(folder, splits, titles, tuple(sorted(there - set(splits)))), problems


def _read_titles(path: Path, problems: list[str]) -> dict[str, tuple[str, str]]:
    if not path.is_file():
        problems.append(f"{path} is missing")
        return {}
    titles = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        match = _LISTED.fullmatch(line)
        if match:
            titles[match[1]] = (match[2], match[3])
        elif line.strip():
            problems.append(f"{path}, line {number}: {line[:60]!r} is not <song>-<title>, a tab, <id of the site>")
    return titles


def _missing(release: Release) -> list[str]:
    return [
        f"{path} is missing"
        for song in release.splits
        for name, path in song_paths(release.folder, song).items()
        if name != "normalised" and not path.is_file()
    ]


def _check_vocabulary(folder: Path) -> list[str]:
    """The release brings its own table of chords; ours must give the same numbers."""
    path = folder / "vevo_meta/chord.json"
    if not path.is_file():
        return []
    try:
        ids = read_json(path)
        same = [ids.get(chord) for chord in CHORDS] == list(range(len(CHORDS)))
    except (ValueError, AttributeError):
        same = False
    return [] if same else [f"{path}: not the vocabulary of MuVi-Sync"]
