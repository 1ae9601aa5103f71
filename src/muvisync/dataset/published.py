"""Entries from the published MuVi-Sync release."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from muvisync.chords import parse_key
from muvisync.dataset.entry import REVISION, Entry, Loaded, normalised, to_rows
from muvisync.dataset.quality import Evidence
from muvisync.dataset.release import Release, ReleaseError, read_release, refuse, release_hash, song_hashes
from muvisync.dataset.song import FILES, Song, SongError, read_song, song_paths
from muvisync.files import json_hash

PREFIX = "muvi-"
_CLIP = "ViT-L-14-336/openai"


def published_entries(folder: Path, max_seconds: int, wanted: str | None = None) -> list[Entry]:
    """An entry for every song of the three splits of v1, sorted by id.

    Args:
        wanted: hash of the release that was imported; None takes any.

    Raises:
        ReleaseError: the split lists or files of songs are missing, or the files are not those of `wanted`.
    """
    release = read_release(folder)
    contents = song_hashes(release)
    if wanted and release_hash(release, contents) != wanted:
        raise ReleaseError(
            f"{folder} is not what dataset.published_hash names: its files changed since the import. "
            "Import the release again, or set dataset.published_hash to null to take it as it is"
        )
    return list(_entries(release, contents, max_seconds))


def _entries(release: Release, contents: dict[str, str], max_seconds: int) -> Iterator[Entry]:
    for song, content in contents.items():
        paths = {name: path for name, path in song_paths(release.folder, song).items() if name in FILES}
        title, site_id = release.titles.get(song, ("", ""))
        yield Entry(
            PREFIX + song,
            json_hash([content, title, site_id, max_seconds, REVISION]),
            partial(_load, paths, (title, site_id), content, max_seconds),
            partial(_evidence, paths),
            content=content,
            provenance="published",
            site_id=f"youtube:{site_id}" if site_id else "",
            split=release.splits[song],
        )


def _read(paths: dict[str, Path]) -> Song:
    try:
        return read_song(paths)
    except SongError as error:
        folder = paths["chord"].parents[3]
        refuse(folder, error.problems)
        raise


def _evidence(paths: dict[str, Path]) -> Evidence:
    song = _read({name: path for name, path in paths.items() if name in ("chord", "motion", "loudness")})
    return Evidence(
        duration=float(song.seconds),
        loudness=song.features["loudness"],
        motion=song.features["motion"].tolist(),
        chords=song.chords,
    )


def _load(paths: dict[str, Path], listed: tuple[str, str], content: str, max_seconds: int) -> Loaded:
    title, site_id = listed
    song = _read(paths)
    offsets = song.features["scene_offset"].astype(np.int32)
    columns = song.features | {
        "semantic": list(song.features["semantic"]),
        "emotion": list(song.features["emotion"].astype(np.float32)),
        "scene_offset": offsets,
        "scene_id": np.cumsum(offsets == 0) - int(offsets[0] == 0),
        "chord": song.chords,
        "chord_normalised": normalised(song.chords, song.key),
    }
    video = {
        "title": title or None,
        "source": f"https://www.youtube.com/watch?v={site_id}" if site_id else None,
        "license": None,
        "duration": float(song.seconds),
        "key": song.key,
        "mode": parse_key(song.key).mode,
        "content_hash": content,
        "encoder": _CLIP,
        "extractors": "{}",
        "provenance": "published",
        "has_audio": True,
        "has_video": True,
    }
    return Loaded(to_rows(min(song.seconds, max_seconds), columns), video)
