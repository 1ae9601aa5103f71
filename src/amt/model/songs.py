"""Songs of the dataset as arrays: what training, evaluation and generation read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from amt.model.video import MODALITIES
from muvisync.chords import PAD, chord_to_id
from muvisync.errors import UserError
from muvisync.files import file_hash, json_hash
from muvisync.schema import EMOTIONS, ROWS, SEMANTIC_WIDTH, SPLITS, VIDEOS, SchemaError, check_schema, read_table

DATASET = Path("data/dataset")
VIDEOS_FILE = "videos.parquet"
_VIDEO_COLUMNS = ["video_id", "split", "seconds", "mode", "shard"]
_NUMBERS = ["scene_offset", "motion", "note_density", "loudness"]
_COLUMNS = ["semantic", "emotion", "chord_normalised", *_NUMBERS]
_HALF_EXPONENT, _HALF_SIGN = np.uint16(0x7C00), np.uint16(0x8000)
"""Bits of a half (IEEE 754): the exponent is all ones in what is infinite or undefined."""


class NoSongs(UserError):
    """The dataset has nothing to work on; the message names the next step."""


@dataclass(frozen=True)
class Song:
    """One video, a row a second. What was not measured is zero here and False in `present`, PAD or NaN.

    Attributes:
        mode: "major", "minor" or None.
        semantic: (seconds, width) float16, may be read-only.
        scene_offset, motion: (seconds,) float32; emotion: (seconds, 6) float32.
        present: (seconds, 4) bool, which of `MODALITIES` were measured.
        chords: (seconds,) int64, ids of the normalised chords, PAD where unknown.
        density, loudness: (seconds,) float32, NaN where unknown.
    """

    video_id: str
    split: str
    mode: str | None
    semantic: np.ndarray
    scene_offset: np.ndarray
    motion: np.ndarray
    emotion: np.ndarray
    present: np.ndarray
    chords: np.ndarray
    density: np.ndarray
    loudness: np.ndarray

    @property
    def seconds(self) -> int:
        """Length of the song."""
        return len(self.chords)

    @property
    def has_chords(self) -> bool:
        """Whether any second has a chord."""
        return bool((self.chords != PAD).any())

    @property
    def has_rhythm(self) -> bool:
        """Whether any second has a note density or a loudness."""
        return bool(np.isfinite(self.density).any() or np.isfinite(self.loudness).any())

    @property
    def has_video(self) -> bool:
        """Whether any second has a video feature."""
        return bool(self.present.any())


def read_songs(folder: Path = DATASET, splits: tuple[str, ...] = SPLITS) -> list[Song]:
    """Songs of these splits, sorted by id.

    Raises:
        NoSongs: there is no dataset yet.
        SchemaError: a file is not of this version's schema, or a listed video is not in its shard.
    """
    if not (folder / VIDEOS_FILE).is_file():
        raise NoSongs(f"there is no dataset in {folder}; make it with `muvisync run`")
    videos = {row["video_id"]: row for row in read_table(folder / VIDEOS_FILE, VIDEOS, _VIDEO_COLUMNS).to_pylist()}
    wanted = {name: row for name, row in videos.items() if row["split"] in splits and row["seconds"] > 0}
    songs = [
        song
        for shard in sorted({row["shard"] for row in wanted.values()})
        for song in _read_shard(folder / shard, wanted)
    ]
    lost = wanted.keys() - {song.video_id for song in songs}
    if lost:
        raise SchemaError(f"{folder}: the shards lack {', '.join(sorted(lost)[:5])}; run `muvisync run` to rebuild it")
    return sorted(songs, key=lambda song: song.video_id)


def _read_shard(path: Path, wanted: dict[str, dict]) -> Iterator[Song]:
    """Songs of one shard; one row group (one video) is in memory at a time."""
    try:
        with pq.ParquetFile(path) as shard:
            check_schema(shard.schema_arrow, ROWS, path)
            for group in range(shard.num_row_groups):
                # a row group is a video, so the least id in it is its id: the footer has it, nothing is decoded
                name = shard.metadata.row_group(group).column(0).statistics.min
                if name in wanted:
                    yield _to_song(shard.read_row_group(group, columns=_COLUMNS, use_threads=False), wanted[name])
    except (OSError, pa.ArrowInvalid) as error:
        raise SchemaError(f"{path} can't be read ({error}); run `muvisync run` to rebuild it") from error


def _to_song(table: pa.Table, video: dict) -> Song:
    rows = table.combine_chunks().to_batches()[0]  # a row group is one chunk: nothing is copied
    semantic, with_semantic = _to_matrix(rows["semantic"], SEMANTIC_WIDTH)
    emotion, with_emotion = _to_matrix(rows["emotion"], len(EMOTIONS))
    numbers = rows.select(_NUMBERS).to_tensor(null_to_nan=True, row_major=False).to_numpy().astype(np.float32)
    known = np.isfinite(numbers)
    scene_offset, motion = np.where(known, numbers, np.float32(0))[:, :2].T
    density, loudness = np.where(known, numbers, np.float32(np.nan))[:, 2:].T
    present = np.empty((len(known), len(MODALITIES)), dtype=bool)
    present[:, 0], present[:, 1:3], present[:, 3] = with_semantic, known[:, :2], with_emotion
    return Song(
        video_id=video["video_id"],
        split=video["split"],
        mode=video["mode"],
        semantic=semantic,
        scene_offset=scene_offset,
        motion=motion,
        emotion=emotion.copy(),
        present=present,
        chords=_to_ids(rows["chord_normalised"]),
        density=density,
        loudness=loudness,
    )


def _to_ids(column: pa.DictionaryArray) -> np.ndarray:
    """Ids of chord labels, PAD where there is none; each label of the column's dictionary is looked up once."""
    ids = np.array([*map(chord_to_id, column.dictionary.to_pylist()), PAD], dtype=np.int64)
    places = column.indices if not column.null_count else column.indices.fill_null(len(ids) - 1)
    return ids[places.to_numpy()]


def _to_matrix(column: pa.FixedSizeListArray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows, zero where there is none, and a mask of where there is one; a row that is not all finite is none."""
    found = column.flatten().to_numpy().reshape(-1, width)  # Arrow's own memory, without the rows that are null
    finite = _is_finite(found)
    if not column.null_count and finite.all():
        return found, finite
    values, known = np.zeros((len(column), width), found.dtype), column.is_valid().to_numpy(zero_copy_only=False)
    known[known] = finite
    values[known] = found[finite]
    return values, known


def _is_finite(values: np.ndarray) -> np.ndarray:
    """Which rows are finite; np.isfinite turns every half into a float first and takes six times as long."""
    if values.dtype != np.float16:
        return np.isfinite(values).all(axis=1)
    bits = values.view(np.uint16)
    # the usual case takes no memory: signed, the greatest is the worst positive one; unsigned, the worst negative one
    if bits.view(np.int16).max(initial=0) < _HALF_EXPONENT and bits.max(initial=0) < _HALF_SIGN | _HALF_EXPONENT:
        return np.ones(len(values), dtype=bool)
    return ((bits & _HALF_EXPONENT) != _HALF_EXPONENT).all(axis=1)


def dataset_hash(folder: Path) -> str:
    """Hash of all bytes of the dataset, by which a training run and the gate know that the songs are the same."""
    files = [folder / VIDEOS_FILE, *sorted(folder.glob("part-*.parquet"))]
    return json_hash({path.name: file_hash(path) for path in files})


def dataset_encoder(folder: Path) -> str | None:
    """Label of the encoder that saw all the pictures; None where there were several, or none."""
    labels = {row["encoder"] for row in read_table(folder / VIDEOS_FILE, VIDEOS).to_pylist() if row["encoder"]}
    return labels.pop() if len(labels) == 1 else None
