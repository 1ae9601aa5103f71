"""Fixtures for every test: real media and real published songs, where they lie beside the project; a small release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from muvisync.chords import CHORDS, normalise, parse_key
from muvisync.files import write_json

FIRST = (
    "test_week", "test_train_ddp", "test_growing", "test_cluster", "test_features_only",
    "test_documents", "test_s3", "test_pipeline",
)  # fmt: skip
"""Files that take longest: begun last, one would keep all waiting. Some wait for a workspace that the first makes."""
SHARED = Path(__file__).parents[1].parent / "shared"
LOOP = ("D:min", "A#", "F", "C:7")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files."""
    items.sort(key=lambda item: FIRST.index(item.path.stem) if item.path.stem in FIRST else len(FIRST))


def _or_skip(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"{path.name} does not lie beside the project")
    return path


@pytest.fixture
def shared_media() -> Path:
    """Folder with good/, bad/ and audio/ clips."""
    return _or_skip(SHARED / "media")


@pytest.fixture
def muvi_sync_mini() -> Path:
    """36 songs of the published release in its own layout."""
    return _or_skip(SHARED / "muvi-sync-mini")


@pytest.fixture(scope="session")
def make_release() -> Callable[..., Path]:
    """Write a release of a few songs in the published layout."""
    return _make_release


def _make_release(folder: Path, seconds: int = 8) -> Path:
    """Songs 001 and 002 (train), 003 (val), 004 (test), 005 (in no split)."""
    numbers = np.random.default_rng(0)
    splits = {"train": ["001", "002"], "val": ["003"], "test": ["004"]}
    for split, songs in splits.items():
        _write(folder / f"vevo_meta/split/v1/{split}.txt", songs)
    names = [f"{song:03d}" for song in range(1, 6)]
    _write(folder / "vevo_meta/idlist.txt", [f"{song}-Artist - Song {song} (Live)\tYouTube{song}x" for song in names])
    write_json(folder / "vevo_meta/chord.json", {label: place for place, label in enumerate(CHORDS)})
    (folder / "vevo_meta/.DS_Store").write_bytes(b"\0")
    for song in names:
        _write_song(folder, song, seconds, numbers)
    return folder


def _write_song(folder: Path, song: str, seconds: int, numbers: np.random.Generator) -> None:
    chords = [LOOP[second // 2 % 4] for second in range(seconds)]
    home = parse_key("D minor")
    plain = {
        "vevo_chord/lab_v2": ["key D minor", *(f"{s} {chord}" for s, chord in enumerate(chords))],
        "vevo_chord/lab_v2_norm": ["key A minor", *(f"{s} {normalise(c, home)}" for s, c in enumerate(chords))],
        "vevo_motion": [f"{s} {value:.4f}" for s, value in enumerate(numbers.uniform(1, 20, seconds))],
        "vevo_loudness": [f"{s} {value:.4f}" for s, value in enumerate(numbers.uniform(0.05, 0.3, seconds))],
        "vevo_note_density": [f"{s} {value:.1f}" for s, value in enumerate(numbers.integers(0, 20, seconds))],
        "vevo_scene_offset": [f"{s} {s % 3}" for s in range(seconds)],
        "vevo_emotion/6c_l14p": [
            "time exciting_prob fearful_prob tense_prob sad_prob relaxing_prob neutral_prob",
            # the picture ends a second before the sound, as in a third of the real songs
            *(f"{s} 0.5000 0.1000 0.1000 0.1000 0.1000 0.1000" for s in range(seconds - 1)),
        ],
    }
    for name, lines in plain.items():
        _write(folder / name / "all" / f"{song}.lab", lines)
    semantic = folder / f"vevo_semantic/all/2d/clip_l14p/{song}.npy"
    semantic.parent.mkdir(parents=True, exist_ok=True)
    np.save(semantic, numbers.normal(0, 0.7, (seconds - 1, 768)).astype(np.float32))


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
