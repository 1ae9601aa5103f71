"""Shards: rows sorted, a row group per video, untouched when nothing in them changed.

A shard's footer says what it was made from and describes its videos, so videos.parquet follows from the shards alone.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from muvisync.dataset.entry import Entry
from muvisync.dataset.rows_hash import rows_hash
from muvisync.files import json_hash, temporary
from muvisync.schema import ROWS, VIDEOS

_INPUTS, _VIDEOS = b"muvisync_inputs", b"muvisync_videos"
_OPTIONS = {"compression": "zstd", "version": "2.6"}
_ROW_OPTIONS = {
    # nine tenths are embeddings, of which no two numbers are the same: compression saves 1 % of a shard, and decoding
    # and filling a dictionary of them takes longer than all the rest of reading
    "compression": "none",
    "use_dictionary": ["video_id", "chord", "chord_normalised"],
    "version": "2.6",
}
_VIDEOS_AT_ONCE = 1_000


def write_shard(path: Path, entries: list[Entry]) -> None:
    """Write the rows of `entries`, which are sorted by id."""
    videos = []
    with temporary(path) as draft, pq.ParquetWriter(draft, ROWS, **_ROW_OPTIONS) as writer:
        for entry in entries:
            loaded = entry.load()
            ids = pa.array([entry.video_id] * loaded.rows.num_rows, pa.string())
            table = pa.table([ids, *(loaded.rows[name] for name in ROWS.names[1:])], schema=ROWS)
            writer.write_table(table, row_group_size=max(1, table.num_rows))
            known = {"video_id": entry.video_id, "seconds": table.num_rows, "shard": path.name}
            known["rows_hash"] = rows_hash(table)
            videos.append(loaded.video | known)
        writer.add_key_value_metadata({_INPUTS: _inputs(entries), _VIDEOS: json.dumps(videos).encode()})


def is_current(path: Path, entries: list[Entry]) -> bool:
    """Whether the shard was written from exactly these entries."""
    try:
        return footer(path).get(_INPUTS) == _inputs(entries)
    except (OSError, pa.ArrowInvalid):
        return False


def _inputs(entries: list[Entry]) -> bytes:
    return json_hash([[entry.video_id, entry.key] for entry in entries]).encode()


def footer(path: Path) -> dict[bytes, bytes]:
    """The metadata of a shard."""
    return pq.ParquetFile(path).metadata.metadata or {}


def described(path: Path) -> list[dict[str, Any]]:
    """What a shard's footer says of its videos, sorted by id: the columns of VIDEOS but for the split."""
    return json.loads(footer(path)[_VIDEOS])


def videos_of(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The descriptions of all videos in these shards, sorted by id."""
    return heapq.merge(*(described(path) for path in paths), key=itemgetter("video_id"))


def write_videos(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write videos.parquet from rows sorted by id."""
    write_rows(path, rows, VIDEOS)


def write_rows(path: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> None:
    """Write a table from its rows, some at a time; the same rows give the same bytes."""
    with temporary(path) as draft, pq.ParquetWriter(draft, schema, write_page_checksum=True, **_OPTIONS) as writer:
        rows = iter(rows)
        while batch := list(islice(rows, _VIDEOS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema))
