"""A checked release into its place, whole or not at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from muvisync.dataset.archive import copy_members, open_members, release_folder
from muvisync.dataset.release import Release, check_release, release_hash, song_hashes


@dataclass(frozen=True)
class Installed:
    """A release in its place: its lists, its number of seconds, the hash of all of it."""

    release: Release
    seconds: int
    hash: str


def install_release(source: Path, target: Path, *, max_bytes: int, name: str) -> Installed:
    """Copy or unpack `source` beside `target`, check all of it, then put it in `target`'s place.

    Args:
        source: a folder or a zip; `target` itself is only checked.
        name: what people know `source` by.

    Raises:
        ReleaseError: there is something wrong in it; `target` is then as it was before.
        OSError: the disk is full or not writable; `target` is then as it was before.
    """
    draft, previous = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    _recover(target, previous)
    if source.is_dir() and target.exists() and release_folder(source).samefile(target):
        return _check(target, name)
    try:
        shutil.rmtree(draft, ignore_errors=True)  # of an import that was killed
        with open_members(source) as members:
            copy_members(members, draft, max_bytes)
        found = _check(draft, name)
        os.sync()  # thousands of small files: one sync for all of them
        if target.exists():
            target.rename(previous)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _recover(target, previous)
    return found


def _check(folder: Path, name: str) -> Installed:
    release, seconds = check_release(folder, name)
    return Installed(release, seconds, release_hash(release, song_hashes(release)))


def _recover(target: Path, previous: Path) -> None:
    """After the exchange, or after a kill in the middle of it: one of the two is in place, the other one gone."""
    if previous.exists() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
