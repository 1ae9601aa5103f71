"""A folder of reports as the other stages write them, with invented figures and a real, playable video."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.chords import CHORDS, QUALITIES, ROOTS
from muvisync.ffmpeg import run_ffmpeg
from muvisync.files import write_json
from muvisync.ledger import FAILED, FILTERED, OK, Ledger, Record

NASTY = 'A <script>alert("x")</script> & "title"'
SONGS = ("sample-02", "sample-07")
PROGRESSION = ("C", "G", "A:min", "F", "D:min7", "G:7", "C:maj7", "N")


@pytest.fixture(scope="session")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 s of H.264 and AAC, and its first picture beside it."""
    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc=size=384x216:rate=24:duration=12", "-f", "lavfi", "-i", "sine=duration=12"]
    run_ffmpeg(
        [*sources, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart", str(path)]
    )
    run_ffmpeg(["-i", str(path), "-frames:v", "1", str(path.with_suffix(".jpg"))])
    return path


@pytest.fixture
def reports(tmp_path: Path, movie: Path) -> Path:
    """The folder reports/ of a finished run; its ledgers lie in data/ledger beside it."""
    folder = tmp_path / "reports"
    _write_ledgers(tmp_path / "data/ledger")
    write_json(folder / "dataset/metrics.json", DATASET)
    write_json(folder / "sample/metrics.json", _sample())
    for name in ("train_amt", "train_rhythm"):
        _write_curves(folder / name)
    write_json(folder / "evaluate/metrics.json", EVALUATE)
    write_json(folder / "evaluate/plots.json", _plots())
    _write_predictions(folder / "evaluate/predictions.parquet")
    _write_songs(folder / "evaluate/songs.parquet")
    _write_music(folder / "generate", movie)
    return folder


def _write_ledgers(folder: Path) -> None:
    for stage in ("download", "transcribe", "video", "dataset", "generate"):
        ledger = Ledger(stage, folder)
        ledger.begin({f"sample-{n:02}": "key" for n in range(12)}, 3)
        for n in range(12):
            ledger.append(Record(f"sample-{n:02}", "key", OK))
    ledger = Ledger("download", folder)
    ledger.append(Record("lost-1", "key", FAILED, "HTTP 404: not found <b>here</b>", "Permanent", permanent=True))
    ledger.append(Record("long-1", "key", FILTERED, "7201 s is longer than 3600 s", score=7201.0))


DATASET = {
    "videos": 12,
    "seconds": 384,
    "hours": 0.107,
    "splits": {"test": 2, "train": 8, "val": 2},
    "keys": {"A minor": 3, "C major": 4, "D# major": 2, "unknown": 3},
    "licenses": {"CC0-1.0": 12},
    "provenance": {"extracted": 12},
    "encoders": {"muvisync-sample": 12},
    "without_music": 0,
    "without_picture": 1,
    "chords": {chord: 60 - 3 * place for place, chord in enumerate(CHORDS[:20])},
    "emotions": dict(
        zip(("exciting", "fearful", "tense", "sad", "relaxing", "neutral"), range(90, 30, -10), strict=True)
    ),
    "seconds_present": {"chord": 380, "motion": 384},
}


def _sample() -> dict:
    names = (
        "chords_root",
        "chords_majmin",
        "cuts_f1",
        "emotion_accuracy",
        "density_correlation",
        "loudness_correlation",
    )
    clips = {
        f"sample-{n:02}": dict.fromkeys(names, 0.97 - n / 50) | {"key_right": n != 3, "motion_correlation": None}
        for n in range(12)
    }
    total = dict(zip(names, (0.94, 0.93, 0.99, 0.77, 0.88, 0.95), strict=True))
    return {"clips": clips, "total": total | {"clips": 12, "key_right": 11, "key_total": 12}}


def _write_curves(folder: Path) -> None:
    for figure, low in (("loss", 0.8), ("chords", 1.2)):
        for part in ("train", "val"):
            path = folder / "plots/metrics" / part / f"{figure}.tsv"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [f"{e}\t{low + 2 * math.exp(-e / 6) + (part == 'val') * e * 0.02:.5f}" for e in range(20)]
            path.write_text("\n".join([f"step\t{part}/{figure}", *rows]) + "\n")
    write_json(folder / "metrics.json", {"best_epoch": 12})


def _scores(hits: float, interval: list[float] | None) -> dict:
    figures = {
        "hits1": hits,
        "hits3": hits + 0.2,
        "hits5": min(hits + 0.28, 1.0),
        "cross_entropy": 2.4 - hits,
        "songs": 2,
    }
    changes = figures | {"hits1": hits / 2}
    low = interval and [end / 2 for end in interval]
    return {
        "all": figures,
        "changes": changes,
        "interval": {"all": {"hits1": interval}, "changes": {"hits1": low}},
        "pooled": {"all": figures},
        "calibration": {"error": 0.04, "interval": interval},
    }


def _control() -> dict:
    def change(rise: float) -> dict:
        return {
            "cross_entropy": {
                "own": 1.8,
                "other": 1.8 + rise,
                "difference": rise,
                "interval": [rise - 0.1, rise + 0.09],
            },
            "hits1": {"own": 0.61, "other": 0.6 - rise / 5, "difference": -rise / 5, "interval": None},
        }

    rises = {"other": 0.15, "without all": 0.12, "without semantic": 0.11, "without motion": -0.01, "other motion": 0.0}
    parts = {name: change(rise) for name, rise in rises.items()} | {"without emotion": {}}
    return {"songs": 2, "partners": 3, "parts": parts} | parts["other"]


def _free_running() -> dict:
    names = ("change_rate", "different", "returns", "irregularity", "tonal_distance")
    row = dict.fromkeys(names, 0.3) | {"chord_divergence": 0.1, "transition_divergence": None}
    row |= {"interval": {name: [0.2, 0.4] for name in names} | {"returns": None}}
    return {"songs": 2, "temperature": 0.8, "rows": dict.fromkeys(("real", "amt", "amt composing", "memory"), row)}


def _rhythm(scale: float) -> dict:
    def by(rmse: float, correlation: float | None) -> dict:
        rmse *= scale
        interval = {"rmse": [rmse * 0.9, rmse * 1.1], "correlation": None}
        return {"songs": 2, "rmse": rmse, "correlation": correlation, "std_ratio": 0.6, "interval": interval}

    return {"model": by(0.8, 0.61), "mean": by(1.0, 0.0), "other": by(1.2, 0.1), "without motion": by(0.9, 0.5)}


EVALUATE = {
    "split": "test",
    "split_wanted": "test",
    "songs": 2,
    "seconds": 64,
    "train_songs": 8,
    "chords": {
        "amt": _scores(0.61, [0.52, 0.69]),
        "repeat": _scores(0.5, [0.44, 0.58]),
        "bigram": _scores(0.52, None),
        "memory": _scores(0.66, [0.58, 0.72]),
    },
    "against": {"memory": {"hits1": {"difference": -0.05, "interval": [-0.09, -0.01]}}},
    "control": _control(),
    "free_running": _free_running(),
    "rhythm": {"density": _rhythm(4.0), "loudness": _rhythm(0.08)},
}


def _plots() -> dict:
    def part(labels: tuple[str, ...]) -> dict:
        chance = np.random.default_rng(len(labels))
        names = ["N", *labels, "END"]
        counts = (np.eye(len(names)) * 20 + chance.integers(0, 4, (len(names), len(names)))).astype(int)
        return {"labels": names, "counts": counts.tolist()}

    bins = [{"steps": 2 + n * n, "confidence": n / 9, "right": (n / 9) ** 1.3} for n in range(1, 10)]
    chords = [{"chord": c, "true": 30 - 2 * n, "predicted": 4 + n * n % 29} for n, c in enumerate(CHORDS[1:14])]
    calibration = {"amt": bins, "memory": bins[3:], "repeat": []}
    return {"roots": part(ROOTS), "qualities": part(QUALITIES), "chords": chords, "calibration": calibration}


def _write_predictions(path: Path) -> None:
    chance = np.random.default_rng(0)
    seconds = np.arange(32)
    true = 8 + 4 * np.sin(seconds / 5)
    columns = {
        "video_id": [song for song in SONGS for _ in seconds],
        "second": [int(s) for _ in SONGS for s in seconds],
        "chord_true": ["C"] * 64,
        "chord_predicted": ["G"] * 64,
    }
    for name, scale in (("density", 1.0), ("loudness", 0.02)):
        wanted = [float(v) * scale for _ in SONGS for v in true]
        columns[f"{name}_true"] = [None, *wanted[1:]]
        columns[f"{name}_predicted"] = [v * 0.8 + float(chance.normal()) * scale for v in wanted]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def _write_songs(path: Path) -> None:
    rows = [
        {"video_id": song, "model": model, "part": part, "hits1": 0.5 + 0.1 * place if part == "all" else math.nan}
        for place, song in enumerate(SONGS)
        for model in ("amt", "memory")
        for part in ("all", "changes")
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)


def _write_music(folder: Path, movie: Path) -> None:
    videos = folder / "videos"
    videos.mkdir(parents=True)
    figures = {
        "seconds": 12.0,
        "notes": 99,
        "density_correlation": 0.97,
        "loudness_correlation": 0.88,
        "picture": "copied",
    }
    curve = [round(8 + 4 * math.sin(s / 3), 2) for s in range(12)]
    chords = [{"start": 2 * n, "end": 2 * n + 2, "label": PROGRESSION[n % 8]} for n in range(6)]
    for song in SONGS:
        (videos / f"{song}.mp4").write_bytes(movie.read_bytes())
        (videos / f"{song}.jpg").write_bytes(movie.with_suffix(".jpg").read_bytes())
        per_second = {
            "density": {"predicted": curve, "realised": [round(v) for v in curve]},
            "loudness": {"predicted": [v / 50 for v in curve], "realised": [v / 40 for v in curve]},
        }
        about = {"video_id": song, "title": NASTY, "split": "test", "key": "C major", "seed": 0, "tempo": 120.0}
        about["style"] = "piano"
        write_json(
            videos / f"{song}.json",
            about
            | {"duration": 12.0, "notes": 99, "cuts": [{"time": 3.5, "beat": 7}], "chords": chords}
            | {"per_second": per_second, "metrics": figures},
        )
    total = {"videos": 2, "density_correlation": 0.97, "largest_duration_error_ms": 0.0}
    write_json(folder / "metrics.json", {"videos": dict.fromkeys(SONGS, figures), "total": total})
