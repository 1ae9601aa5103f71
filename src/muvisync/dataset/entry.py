"""One video on its way into the dataset, wherever its features come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from muvisync.chords import normalise, parse_key
from muvisync.dataset.quality import Evidence
from muvisync.schema import ROWS, SCHEMA_VERSION

REVISION = f"{SCHEMA_VERSION}.3"
"""Raise its last part when this stage's own code changes the rows or how they are stored."""


@dataclass(frozen=True)
class Loaded:
    """Features of one video: `rows` has the columns of ROWS but for `video_id`; `video` those of VIDEOS it knows."""

    rows: pa.Table
    video: dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A video that can go into a shard.

    Attributes:
        key: a hash of everything its rows depend on.
        load: reads its features.
        evidence: reads what its quality is judged by, which is less.
        content: hash of its media (or of its published files); `site_id` names it on a video site, "" if it has none.
        provenance: "published" or "extracted".
        split: set where the source fixes it.
        excluded: the reason to leave it out; `score` is the figure that decided, where there is one.
    """

    video_id: str
    key: str
    load: Callable[[], Loaded]
    evidence: Callable[[], Evidence]
    content: str
    provenance: str
    site_id: str = ""
    split: str | None = None
    excluded: str = ""
    score: float | None = None


def to_rows(seconds: int, features: dict[str, Sequence | pa.Array | None]) -> pa.Table:
    """Table of `seconds` rows from features by column; a shorter one ends in nulls, an absent one is all null."""
    columns = {"second": pa.array(range(seconds), pa.int32())}
    for field in ROWS:
        if field.name not in ("video_id", "second"):
            columns[field.name] = _fit(features.get(field.name), seconds, field.type)
    return pa.table(columns)


def _fit(values: Sequence | pa.Array | None, seconds: int, kind: pa.DataType) -> pa.Array:
    if values is None:
        return pa.nulls(seconds, kind)
    array = values if isinstance(values, pa.Array) else pa.array(values, kind)
    array = array[:seconds]
    if array.type != kind:  # Arrow refuses to cast a null vector even to its own type
        array = array.cast(kind)
    return pa.concat_arrays([array, pa.nulls(seconds - len(array), kind)])


def normalised(chords: Sequence[str | None], key: str | None) -> list[str | None] | None:
    """The chords in C major or A minor; None without a key."""
    if key is None:
        return None
    home = parse_key(key)
    return [None if chord is None else normalise(chord, home) for chord in chords]
