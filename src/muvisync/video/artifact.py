"""Features as the stage's artifact: data/video/<id>.parquet, the same bytes for the same features."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muvisync.files import temporary
from muvisync.schema import VIDEO_ARTIFACT, check_schema
from muvisync.video.extract import VideoFeatures

METADATA_KEY = b"muvisync"


def features_to_table(video_id: str, features: VideoFeatures) -> pa.Table:
    """A row a second in the schema VIDEO_ARTIFACT; the metadata `muvisync` holds the facts of the video as JSON."""
    columns = [
        pa.array(np.arange(len(features.motion), dtype=np.int32)),
        _lists(features.semantic, VIDEO_ARTIFACT.field("semantic").type),
        _lists(features.emotion, VIDEO_ARTIFACT.field("emotion").type),
        pa.array(features.motion),
        pa.array(features.scene_id),
        pa.array(features.scene_offset),
    ]
    facts = json.dumps(features.metadata | {"video_id": video_id}, sort_keys=True, allow_nan=False)
    schema = VIDEO_ARTIFACT.with_metadata(VIDEO_ARTIFACT.metadata | {METADATA_KEY: facts.encode()})
    return pa.Table.from_arrays(columns, schema=schema)


def _lists(matrix: np.ndarray, kind: pa.DataType) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(matrix.reshape(-1)), type=kind)


def write_table(table: pa.Table, path: Path) -> None:
    """Write the artifact, whole or not at all. Raises SchemaError if the table is not as the schema says."""
    check_schema(table.schema, VIDEO_ARTIFACT, path)
    with temporary(path) as draft:
        pq.write_table(table, draft, compression="zstd")
