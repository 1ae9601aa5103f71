"""The data card: what is in the dataset, counted from the shards themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from muvisync.schema import EMOTIONS, VIDEOS, read_table

_COUNTED = ["chord", "emotion", "motion", "loudness", "note_density"]


def count_dataset(folder: Path) -> dict[str, Any]:
    """Counts, hours and distributions of the dataset in `folder`, as a JSON-able dict (memory: one video at a time)."""
    videos = read_table(folder / "videos.parquet", VIDEOS).to_pylist()
    chords: Counter[str] = Counter()
    emotions: Counter[str] = Counter()
    present: Counter[str] = Counter()
    for shard in sorted(folder.glob("part-*.parquet")):
        for batch in pq.ParquetFile(shard).iter_batches(columns=_COUNTED):
            chords.update(label for label in batch["chord"].to_pylist() if label is not None)
            strongest = np.array([np.argmax(row) for row in batch["emotion"].to_pylist() if row is not None], dtype=int)
            emotions.update(EMOTIONS[index] for index in strongest)
            present.update({name: pc.count(batch[name]).as_py() for name in _COUNTED})
    seconds = sum(video["seconds"] for video in videos)
    return {
        "videos": len(videos),
        "seconds": seconds,
        "hours": round(seconds / 3600, 3),
        "splits": _count(videos, "split"),
        "keys": _count(videos, "key"),
        "licenses": _count(videos, "license"),
        "provenance": _count(videos, "provenance"),
        "encoders": _count(videos, "encoder"),
        "without_music": sum(not video["has_audio"] for video in videos),
        "without_picture": sum(not video["has_video"] for video in videos),
        "chords": dict(chords.most_common()),
        "emotions": {name: emotions[name] for name in EMOTIONS},
        "seconds_present": {name: present[name] for name in _COUNTED},
    }


def _count(videos: list[dict[str, Any]], column: str) -> dict[str, int]:
    return dict(sorted(Counter(str(video[column] or "unknown") for video in videos).items()))
