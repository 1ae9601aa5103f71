"""A synthetic dataset for the model's tests: songs whose chords follow the picture's emotion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from amt.model.songs import Song
from muvisync.chords import PAD, chord_to_id, id_to_chord
from muvisync.schema import ROWS, SEMANTIC_WIDTH, VIDEOS

LOOP = ("C", "A:min", "F", "D:min")
DIRECTIONS = {0: 1, 3: -1}
"""Which way the loop goes by the strongest emotion (exciting, sad): only who looks knows the next chord."""

_LOOKS = np.random.default_rng(0).normal(0, 0.5, (6, SEMANTIC_WIDTH))  # the mean picture of an emotion


def make_song(name: str, seconds: int = 16, split: str = "train", seed: int | None = None) -> Song:
    """A song of scenes of 4 to 8 s, each exciting or sad; chords, density and loudness follow the scene."""
    generator = np.random.default_rng(sum(map(ord, name)) if seed is None else seed)
    moods, offsets = [], []
    while len(moods) < seconds:
        length = int(generator.integers(4, 9))
        moods += [int(generator.choice(list(DIRECTIONS)))] * length
        offsets += range(length)
    moods, offsets = np.array(moods[:seconds]), np.array(offsets[:seconds], dtype=np.float32)
    emotion = np.full((seconds, 6), 0.02, dtype=np.float32)
    emotion[np.arange(seconds), moods] = 0.9
    lively = (moods == 0).astype(np.float32)
    return Song(
        video_id=name,
        split=split,
        mode="major",
        semantic=(_LOOKS[moods] + generator.normal(0, 0.5, (seconds, SEMANTIC_WIDTH))).astype(np.float16),
        scene_offset=offsets,
        motion=5 + 10 * lively + generator.normal(0, 1, seconds).astype(np.float32),
        emotion=emotion,
        present=np.ones((seconds, 4), dtype=bool),
        chords=np.array([chord_to_id(LOOP[place % 4]) for place in np.cumsum([DIRECTIONS[mood] for mood in moods])]),
        density=4 + 6 * lively,
        loudness=0.1 + 0.2 * lively,
    )


def without_video(song: Song) -> Song:
    """The same song with nothing measured of its picture."""
    return replace(song, present=np.zeros_like(song.present))


def without_chords(song: Song) -> Song:
    """The same song with no chord known."""
    return replace(song, chords=np.full(song.seconds, PAD))


def write_dataset(folder: Path, songs: list[Song]) -> Path:
    """Write songs as the dataset stage does: two shards, a row group per video, videos.parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    songs = sorted(songs, key=lambda song: song.video_id)
    for shard in (0, 1):
        with pq.ParquetWriter(folder / f"part-{shard:05d}.parquet", ROWS) as writer:
            for song in songs[shard::2]:
                writer.write_table(_to_rows(song), row_group_size=song.seconds)
    videos = [_to_video(song, place % 2) for place, song in enumerate(songs)]
    pq.write_table(pa.Table.from_pylist(videos, schema=VIDEOS), folder / "videos.parquet")
    return folder


def _to_rows(song: Song) -> pa.Table:
    def column(name: str, place: int) -> list:
        known = song.present[:, place]
        return [value.tolist() if ok else None for value, ok in zip(getattr(song, name), known, strict=True)]

    chords = [None if chord == PAD else id_to_chord(chord) for chord in song.chords]
    values = {
        "video_id": [song.video_id] * song.seconds,
        "second": list(range(song.seconds)),
        "semantic": [None if row is None else np.float16(row) for row in column("semantic", 0)],
        "emotion": column("emotion", 3),
        "motion": column("motion", 2),
        "scene_id": [0] * song.seconds,
        "scene_offset": [None if value is None else int(value) for value in column("scene_offset", 1)],
        "chord": chords,
        "chord_normalised": chords,
        "loudness": [None if np.isnan(value) else float(value) for value in song.loudness],
        "note_density": [None if np.isnan(value) else float(value) for value in song.density],
    }
    return pa.table({f.name: pa.array(values[f.name], f.type) for f in ROWS}, schema=ROWS)


def _to_video(song: Song, shard: int) -> dict:
    return {
        "video_id": song.video_id,
        "duration": float(song.seconds),
        "seconds": song.seconds,
        "key": "C major" if song.mode == "major" else None,
        "mode": song.mode,
        "split": song.split,
        "content_hash": "0",
        "provenance": "extracted",
        "has_audio": True,
        "has_video": True,
        "shard": f"part-{shard:05d}.parquet",
    }


def small_songs() -> list[Song]:
    """8 training songs, 2 to validate, 3 to test."""
    counts = {"train": 8, "val": 2, "test": 3}
    return [make_song(f"{split}{i}", split=split) for split, count in counts.items() for i in range(count)]
