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
from muvisync.schema import EMOTIONS, ROWS, SEMANTIC_WIDTH, SPLITS, VIDEOS, SchemaError, check_schema, read_table

DATASET = Path("data/dataset")
VIDEOS_FILE = "videos.parquet"
_WIDTHS = {"semantic": SEMANTIC_WIDTH, "emotion": len(EMOTIONS)}
_COLUMNS = [*MODALITIES, "chord_normalised", "note_density", "loudness"]
_HALF_EXPONENT = np.uint16(0x7C00)  # all ones in an infinite or undefined half (IEEE 754)


class NoSongs(UserError):
    """The dataset has nothing to work on; the message names the next step."""


@dataclass(frozen=True)
class Song:
    """One video, a row a second. What was not measured is zero here and False in `present`, PAD or NaN.

    Attributes:
        mode: "major", "minor" or None.
        semantic: (seconds, width) float16; scene_offset, motion: (seconds,) float32; emotion: (seconds, 6) float32.
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
    videos = {row["video_id"]: row for row in read_table(folder / VIDEOS_FILE, VIDEOS).to_pylist()}
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
    features, present = {}, np.zeros((table.num_rows, len(MODALITIES)), dtype=bool)
    for place, name in enumerate(MODALITIES):
        features[name], present[:, place] = _to_array(table[name], _WIDTHS.get(name))
    return Song(
        video_id=video["video_id"],
        split=video["split"],
        mode=video["mode"],
        present=present,
        chords=_to_ids(table["chord_normalised"]),
        density=_to_targets(table["note_density"]),
        loudness=_to_targets(table["loudness"]),
        **features,
    )


def _to_ids(column: pa.ChunkedArray) -> np.ndarray:
    """Ids of chord labels, PAD where there is none; each label of the column's dictionary is looked up once."""
    column = column.combine_chunks()
    ids = np.array([*(chord_to_id(label) for label in column.dictionary.to_pylist()), PAD], dtype=np.int64)
    return ids[column.indices.fill_null(len(ids) - 1).to_numpy()]


def _to_array(column: pa.ChunkedArray, width: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Values, zero where there is none, and a mask of where there is one; a value that is not finite is none."""
    column = column.combine_chunks()
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    found = column.drop_null() if column.null_count else column
    found = found.to_numpy(zero_copy_only=False) if width is None else found.flatten().to_numpy().reshape(-1, width)
    kind = np.float16 if found.dtype == np.float16 else np.float32
    if column.null_count:
        values = np.zeros((len(valid), *found.shape[1:]), kind)
        values[valid] = found
    else:
        values = found.astype(kind)
    finite = _is_finite(values).reshape(len(values), -1).all(axis=1)
    values[~finite] = 0
    return values, valid & finite


def _is_finite(values: np.ndarray) -> np.ndarray:
    """As np.isfinite, which turns every half into a float first and takes six times as long."""
    if values.dtype != np.float16:
        return np.isfinite(values)
    return (values.view(np.uint16) & _HALF_EXPONENT) != _HALF_EXPONENT


def _to_targets(column: pa.ChunkedArray) -> np.ndarray:
    values, known = _to_array(column, None)
    return np.where(known, values, np.nan).astype(np.float32)
