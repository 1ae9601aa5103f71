"""The data card's figures: what is in the dataset, counted from its own files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from muvisync.params import DatasetParams
from muvisync.schema import (
    EMOTIONS,
    MUSIC_FEATURES,
    QUALITY,
    QUALITY_SCORES,
    ROWS,
    SPLITS,
    VIDEO_FEATURES,
    VIDEOS,
    check_schema,
)
from muvisync.sections import FiltersParams

_FEATURES = [field.name for field in (*VIDEO_FEATURES, *MUSIC_FEATURES)]
_QUANTILES = {"lowest": 0.0, "median": 0.5, "highest": 1.0}
_COUNTED = {
    "splits": "split",
    "keys": "key",
    "modes": "mode",
    "licenses": "license",
    "provenance": "provenance",
    "encoders": "encoder",
}


def count_dataset(folder: Path, params: DatasetParams) -> dict[str, Any]:
    """Counts, hours and distributions of the dataset in `folder`, JSON-able (memory: a row group at a time)."""
    videos = _count_videos(folder / "videos.parquet")
    return {**videos, **_count_rows(folder), "quality": _count_quality(folder / "quality.parquet", params.filters)}


def _count_videos(path: Path) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*_COUNTED, "extractors")}
    seconds: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for video in _rows(path, VIDEOS):
        seconds[video["split"]] += video["seconds"]
        missing.update(music=not video["has_audio"], picture=not video["has_video"], key=video["key"] is None)
        for name, column in _COUNTED.items():
            counts[name][str(video[column] or "unknown")] += 1
        counts["extractors"].update(f"{k} {v}" for k, v in json.loads(video["extractors"] or "{}").items())
    total = sum(seconds.values())
    return {
        "videos": sum(counts["splits"].values()),
        "seconds": total,
        "hours": round(total / 3600, 3),
        "hours_by_split": {split: round(seconds[split] / 3600, 3) for split in SPLITS},
        "without_music": missing["music"],
        "without_picture": missing["picture"],
        "without_key": missing["key"],
        **{name: dict(sorted(counter.items())) for name, counter in counts.items()},
    }


def _count_rows(folder: Path) -> dict[str, Any]:
    chords: Counter[str] = Counter()
    emotions: Counter[str] = Counter()
    present: Counter[str] = Counter()
    for shard in sorted(folder.glob("part-*.parquet")):
        for batch in _batches(shard, ROWS, _FEATURES):
            found = pc.value_counts(batch["chord"].cast(pa.string()).drop_null()).to_pylist()
            chords.update({pair["values"]: pair["counts"] for pair in found})
            known = batch["emotion"].drop_null()
            strongest = known.flatten().to_numpy().reshape(-1, len(EMOTIONS)).argmax(axis=1)
            emotions.update(dict(zip(EMOTIONS, np.bincount(strongest, minlength=len(EMOTIONS)).tolist(), strict=True)))
            present.update({name: len(batch) - batch[name].null_count for name in _FEATURES})
    return {
        "chords": dict(sorted(chords.items(), key=lambda pair: (-pair[1], pair[0]))),
        "emotions": {name: emotions[name] for name in EMOTIONS},
        "seconds_present": {name: present[name] for name in _FEATURES},
    }


def _count_quality(path: Path, filters: FiltersParams) -> dict[str, Any]:
    decisions: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    scores: dict[str, list[float]] = {name: [] for name in QUALITY_SCORES}
    for row in _rows(path, QUALITY):
        decisions[row["decision"]] += 1
        reasons.update([row["reason"]] if row["reason"] else [])
        flags.update(row["flags"].split(",") if row["flags"] else [])
        for name in QUALITY_SCORES:
            if row[name] is not None:
                scores[name].append(row[name])
    return {
        "decisions": dict(sorted(decisions.items())),
        "left_out": dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        "filters": {
            name: {
                "mode": getattr(filters, name).mode,
                "threshold": getattr(filters, name).threshold,
                "measured": len(scores[name]),
                "poor": flags[name],
                **_spread(scores[name]),
            }
            for name in QUALITY_SCORES
        },
    }


def _spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    return {name: round(float(np.quantile(values, share)), 4) for name, share in _QUANTILES.items()}


def _rows(path: Path, wanted: pa.Schema) -> Iterator[dict[str, Any]]:
    for batch in _batches(path, wanted):
        yield from batch.to_pylist()


def _batches(path: Path, wanted: pa.Schema, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a file, a row group at a time: `iter_batches` would open many small ones at once."""
    with pq.ParquetFile(path) as file:
        check_schema(file.schema_arrow, wanted, path)
        for group in range(file.num_row_groups):
            yield from file.read_row_group(group, columns=columns, use_threads=False).to_batches()
