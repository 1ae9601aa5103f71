"""data/dataset/quality.parquet: the scores of every video that was considered, and what became of it.

The table is also the memory of the next run: a video is measured again only when what it was measured on has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from muvisync.dataset.entry import Entry
from muvisync.dataset.quality import evidence_to_scores, judge, measured
from muvisync.dataset.shards import write_rows
from muvisync.files import json_hash
from muvisync.schema import QUALITY, QUALITY_SCORES, SchemaError, check_schema
from muvisync.sections import FiltersParams

_REVISION = 1
"""Raise it when quality.py changes a score."""
_KEPT, _DROPPED, _EXCLUDED = "kept", "dropped", "excluded"


def judge_entries(
    entries: Iterable[Entry], filters: FiltersParams, path: Path
) -> Iterator[tuple[Entry, dict[str, Any]]]:
    """Yield every entry, marked as excluded where a filter drops it, and its row of the table.

    Args:
        path: the table of an earlier run, for the scores of videos that have not changed.
    """
    names = measured(filters)
    before = _earlier_scores(path)
    for entry in entries:
        key = json_hash([entry.key, names, _REVISION])
        scores = before.get((entry.video_id, key)) or _scores(entry, names)
        judgement = judge(dict(zip(QUALITY_SCORES, scores, strict=True)), filters)
        decision = _EXCLUDED if entry.excluded else _DROPPED if judgement.reason else _KEPT
        if decision == _DROPPED:
            entry = replace(entry, excluded=judgement.reason, score=judgement.score)
        yield (
            entry,
            {
                "video_id": entry.video_id,
                "provenance": entry.provenance,
                "decision": decision,
                "reason": entry.excluded,
                "flags": ",".join(judgement.flags),
                **dict(zip(QUALITY_SCORES, scores, strict=True)),
                "measured": key,
            },
        )


def _scores(entry: Entry, names: list[str]) -> tuple[float | None, ...]:
    if not names:
        return (None,) * len(QUALITY_SCORES)
    found = evidence_to_scores(entry.evidence())
    return tuple(found[name] if name in names else None for name in QUALITY_SCORES)


def _earlier_scores(path: Path) -> dict[tuple[str, str], tuple[float | None, ...]]:
    """Scores by id and key; none where the table is absent, of another version or damaged: all are measured again."""
    if not path.exists():
        return {}
    try:
        table = pq.read_table(path, page_checksum_verification=True, partitioning=None)
        check_schema(table.schema, QUALITY, path)
    except (OSError, pa.ArrowInvalid, SchemaError):
        return {}
    columns = [table[name].to_pylist() for name in ("video_id", "measured", *QUALITY_SCORES)]
    return {(name, key): tuple(scores) for name, key, *scores in zip(*columns, strict=True)}


def write_quality(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write the table from rows sorted by id."""
    write_rows(path, rows, QUALITY)
