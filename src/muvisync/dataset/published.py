"""Entries from the published MuVi-Sync release: a folder of text files and arrays, one a feature and song.

The layout is that of the authors' record (Kang, Poria, Herremans, arXiv 2311.00968): `vevo_<feature>/.../<id>.lab`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from muvisync.chords import parse_key
from muvisync.dataset.entry import Entry, Loaded, normalised, to_rows
from muvisync.errors import UserError
from muvisync.files import file_hash, json_hash
from muvisync.schema import SCHEMA_VERSION, SPLITS

PREFIX = "muvi-"
_FILES = {
    "semantic": "vevo_semantic/all/2d/clip_l14p/{}.npy",
    "emotion": "vevo_emotion/6c_l14p/all/{}.lab",
    "motion": "vevo_motion/all/{}.lab",
    "scene_offset": "vevo_scene_offset/all/{}.lab",
    "chord": "vevo_chord/lab_v2/all/{}.lab",
    "loudness": "vevo_loudness/all/{}.lab",
    "note_density": "vevo_note_density/all/{}.lab",
}
_CLIP = "ViT-L-14-336/openai"


class ReleaseError(UserError):
    """The folder is not the published release, or lacks files."""


def published_entries(folder: Path, max_seconds: int) -> Iterator[Entry]:
    """An entry for every song of the three splits of v1, sorted by id.

    Raises:
        ReleaseError: the split lists or files of songs are missing.
    """
    splits = _read_splits(folder)
    missing = [str(path) for song in splits for path in _paths(folder, song).values() if not path.exists()]
    if missing:
        raise ReleaseError(f"{len(missing)} files of the release are missing, the first is {missing[0]}; copy it whole")
    titles = _read_titles(folder)
    for song in sorted(splits):
        paths = _paths(folder, song)
        key = json_hash([sorted(file_hash(path) for path in paths.values()), max_seconds, SCHEMA_VERSION])
        load = partial(_load, paths, titles.get(song, ("", "")), key, max_seconds)
        yield Entry(PREFIX + song, key, load, split=splits[song])


def _read_splits(folder: Path) -> dict[str, str]:
    lists = {split: folder / f"vevo_meta/split/v1/{split}.txt" for split in SPLITS}
    absent = [str(path) for path in lists.values() if not path.exists()]
    if absent:
        raise ReleaseError(f"{folder} is not the published release: {', '.join(absent)} missing; see dataset.published")
    return {song: split for split, path in lists.items() for song in path.read_text().split()}


def _read_titles(folder: Path) -> dict[str, tuple[str, str]]:
    path = folder / "vevo_meta/idlist.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    parts = [line.rstrip("\n").rpartition("\t") for line in lines]
    return {name[:3]: (name[4:], site_id.strip()) for name, _, site_id in parts if name}


def _paths(folder: Path, song: str) -> dict[str, Path]:
    return {name: folder / pattern.format(song) for name, pattern in _FILES.items()}


def _load(paths: dict[str, Path], listed: tuple[str, str], content: str, max_seconds: int) -> Loaded:
    title, site_id = listed
    key, chords = _read_chords(paths["chord"])
    columns = {name: _read_numbers(paths[name]) for name in ("emotion", "motion", "loudness", "note_density")}
    columns["semantic"] = list(np.load(paths["semantic"], allow_pickle=False).astype(np.float16))
    columns["emotion"] = list(columns["emotion"].astype(np.float32))
    offsets = _read_numbers(paths["scene_offset"]).astype(np.int32)
    columns |= {"scene_offset": offsets, "scene_id": np.cumsum(offsets == 0) - int(offsets[0] == 0)}
    columns |= {"chord": chords, "chord_normalised": normalised(chords, key)}
    seconds = max(len(values) for values in columns.values())
    video = {
        "title": title or None,
        "source": f"https://www.youtube.com/watch?v={site_id}" if site_id else None,
        "license": None,
        "duration": float(seconds),
        "key": key,
        "mode": parse_key(key).mode,
        "content_hash": content,
        "encoder": _CLIP,
        "extractors": "{}",
        "provenance": "published",
        "has_audio": True,
        "has_video": True,
    }
    return Loaded(to_rows(min(seconds, max_seconds), columns), video)


def _read_chords(path: Path) -> tuple[str, list[str]]:
    first, *rest = path.read_text().splitlines()
    if not first.startswith("key "):
        raise ReleaseError(f"{path}: the first line must name the key")
    return str(parse_key(first.removeprefix("key "))), [line.split()[1] for line in rest if line.strip()]


def _read_numbers(path: Path) -> np.ndarray:
    """Values of a "second value..." file: (seconds,), or (seconds, n) where a line has n values."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip() and not line.startswith("time")]
    values = np.array([[float(number) for number in line[1:]] for line in lines])
    return values[:, 0] if values.shape[1] == 1 else values
