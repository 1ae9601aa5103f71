"""Are the rows of one video as the schema promises? Pure functions of a table; every problem says where it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from muvisync.chords import CHORDS, normalise, parse_key
from muvisync.dataset.ranges import RANGES, outside, range_of, wrong_sums
from muvisync.dataset.rows_hash import rows_hash
from muvisync.schema import EMOTIONS, MUSIC_FEATURES, SEMANTIC_WIDTH, VIDEO_FEATURES

_KNOWN = frozenset(CHORDS)
_WIDTHS = {"semantic": SEMANTIC_WIDTH, "emotion": len(EMOTIONS)}


def check_rows(rows: pa.Table, video: dict[str, Any], max_seconds: int) -> Iterator[str]:
    """Every problem of the rows of a video.

    Args:
        rows: columns of ROWS, one row group.
        video: its row of videos.parquet.
        max_seconds: the longest that a video may be in the dataset.
    """
    seconds = rows["second"].to_numpy()
    yield from _first(seconds != np.arange(len(seconds)), "second", seconds, "the seconds must count 0, 1, 2, ...")
    if len(rows) != video["seconds"]:
        yield f"{len(rows)} rows, videos.parquet says {video['seconds']}"
    if len(rows) > max_seconds:
        yield f"{len(rows)} rows, dataset.max_seconds is {max_seconds}"
    for name in ("semantic", *RANGES):
        yield from _check_numbers(rows[name].combine_chunks(), name)
    yield from _check_scenes(rows)
    yield from _check_chords(rows, video["key"])
    yield from _check_modalities(rows, video)
    if rows_hash(rows) != video["rows_hash"]:
        yield "the rows are not those that videos.parquet was written for (rows_hash differs)"


def _check_numbers(column: pa.Array, name: str) -> Iterator[str]:
    places, values = _known(column, name)
    bad = outside(name, values)
    yield from _first(bad, name, values, f"must be {range_of(name)}", places)
    if name == "emotion" and not bad.any():
        sums = values.astype(np.float64).sum(axis=1).round(4)
        yield from _first(wrong_sums(values), "sum of emotion", sums, "must be 1", places)


def _known(column: pa.Array, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Seconds that have a value, and the values, (n,) or (n, width)."""
    places = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    found = column.drop_null()
    if name not in _WIDTHS:
        return places, found.to_numpy(zero_copy_only=False)
    return places, found.flatten().to_numpy().reshape(-1, _WIDTHS[name])


def _check_scenes(rows: pa.Table) -> Iterator[str]:
    """Within a scene the offset counts on, at a new one it starts at 0; numbers of scenes never fall."""
    numbers, offsets = (rows[name].combine_chunks() for name in ("scene_id", "scene_offset"))
    if numbers.null_count == len(numbers) or numbers.is_valid() != offsets.is_valid():
        if numbers.is_valid() != offsets.is_valid():
            yield "scene_id and scene_offset are not there in the same seconds"
        return
    places, scene = _known(numbers, "scene_id")
    _, offset = _known(offsets, "scene_offset")
    scene, offset = scene.astype(np.int64), offset.astype(np.int64)
    step = np.diff(scene, prepend=scene[0])
    yield from _first(step < 0, "scene_id", scene, "is less than in the second before", places)
    new = (step != 0) | (np.arange(len(scene)) == 0)
    expected = np.where(new, 0, np.concatenate([[0], offset[:-1] + 1]))
    yield from _first(offset != expected, "scene_offset", offset, "is not the seconds since the scene's start", places)


def _check_chords(rows: pa.Table, key: str | None) -> Iterator[str]:
    chords, shown = (rows[name].to_pylist() for name in ("chord", "chord_normalised"))
    for name, labels in (("chord", chords), ("chord_normalised", shown)):
        unknown = np.array([label is not None and label not in _KNOWN for label in labels], bool)
        yield from _first(unknown, name, labels, "is not in the vocabulary")
        if unknown.any():
            return
    try:
        home = parse_key(key) if key else None
    except ValueError:
        return  # said of videos.parquet
    wanted = [None if chord is None or home is None else normalise(chord, home) for chord in chords]
    differs = np.array([one != other for one, other in zip(shown, wanted, strict=True)], bool)
    yield from _first(differs, "chord_normalised", shown, f"is not the chord moved from {key} to C major or A minor")


def _check_modalities(rows: pa.Table, video: dict[str, Any]) -> Iterator[str]:
    for flag, fields in (("has_audio", MUSIC_FEATURES), ("has_video", VIDEO_FEATURES)):
        there = [field.name for field in fields if rows[field.name].null_count < len(rows)]
        if there and not video[flag]:
            yield f"{flag} is false, yet {', '.join(there)} are there"
        if video[flag] and not there and len(rows):
            yield f"{flag} is true, yet all of {', '.join(field.name for field in fields)} is null"


def _first(
    bad: np.ndarray, name: str, values: np.ndarray | list, what: str, places: np.ndarray | None = None
) -> Iterator[str]:
    """The first bad row in words, and how many there are."""
    if not bad.any():
        return
    at = int(bad.argmax())
    count = int(bad.sum())
    value = np.asarray(values[at])
    shown = f"{name} {value}" if value.ndim == 0 else f"{name} {value[:6].tolist()}{'...' if len(value) > 6 else ''}"
    more = f" (and in {count - 1} more seconds)" if count > 1 else ""
    yield f"second {at if places is None else int(places[at])}: {shown} {what}{more}"
