"""Small artifacts of earlier stages, a small release in the published layout, and a workspace to run the stage in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.chords import CHORDS, normalise, parse_key
from muvisync.files import write_json
from muvisync.params import set_params
from muvisync.schema import VIDEO_ARTIFACT

REPO = Path(__file__).parents[3]
LOOP = ("D:min", "A#", "F", "C:7")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace without videos, the current folder."""
    return _workspace(tmp_path, monkeypatch)


@pytest.fixture
def new_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make another workspace the current folder."""
    return lambda name: _workspace(tmp_path / name, monkeypatch)


def _workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(REPO / "params.yaml", folder)
    (folder / "data/download").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def add_video() -> Callable[..., None]:
    """Write the artifacts that the earlier stages leave of a video."""
    return _add_video


def _add_video(
    name: str,
    seconds: int = 5,
    *,
    music: bool = True,
    picture: bool = True,
    chord: str = "D:min",
    sha256: str = "",
    source: str = "sample:0",
    height: int = 480,
    motion: float = 1.0,
    loudness: float = 0.1,
    confidence: float = 0.8,
    speech: float | None = 0.0,
    license: str = "CC0-1.0",
) -> None:
    media = {"video_id": name, "title": f"<b>{name}</b>", "source": source, "license": license, "duration": seconds}
    write_json(Path(f"data/download/{name}.json"), media | {"sha256": sha256 or f"sha {name}", "height": height})
    if music:
        per_second = {"chord": [chord] * seconds, "loudness": [loudness] * seconds, "note_density": [3.0] * seconds}
        segments = [{"start": 0.0, "end": float(seconds), "chord": chord, "raw": chord, "confidence": confidence}]
        record = {"key": "D minor", "per_second": per_second, "extractors": {"notes": "1"}, "chords": segments}
        write_json(Path(f"data/transcribe/{name}.json"), record | ({} if speech is None else {"speech": speech}))
    if picture:
        columns = {
            "second": list(range(seconds)),
            "semantic": list(np.full((seconds, 768), 0.5, np.float16)),
            "emotion": [[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]] * seconds,
            "motion": [motion] * seconds,
            "scene_id": [0] * seconds,
            "scene_offset": list(range(seconds)),
        }
        facts = json.dumps({"encoder": "sample", "decoder": "decord"}).encode()
        schema = VIDEO_ARTIFACT.with_metadata({**VIDEO_ARTIFACT.metadata, b"muvisync": facts})
        Path("data/video").mkdir(exist_ok=True)
        pq.write_table(pa.table(columns, schema=schema), f"data/video/{name}.parquet")


@pytest.fixture
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


@pytest.fixture
def use_release(workspace: Path, make_release: Callable[..., Path]) -> Path:
    """A small release, configured in the workspace."""
    folder = make_release(workspace / "release")
    set_params(["dataset.published=release"])
    return folder
