"""The one description of the dataset: a row a second, and a row a video (DESIGN section 4)."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from muvisync.errors import UserError

SCHEMA_VERSION = 2
EMOTIONS = ("exciting", "fearful", "tense", "sad", "relaxing", "neutral")
SEMANTIC_WIDTH = 768
SPLITS = ("train", "val", "test")
PROVENANCES = ("published", "extracted")
DECISIONS = ("kept", "dropped", "excluded")
QUALITY_SCORES = ("duration", "resolution", "silence", "still", "no_chord", "chord_confidence", "speech")

_VERSION_KEY = b"muvisync_schema"
_METADATA = {_VERSION_KEY: str(SCHEMA_VERSION).encode()}
_LABEL = pa.dictionary(pa.int16(), pa.string())


def _vector(kind: pa.DataType, width: int) -> pa.DataType:
    """Whole or null as a whole: that no number in it can be null makes reading it a third faster."""
    return pa.list_(pa.field("element", kind, nullable=False), width)


VIDEO_FEATURES = (
    pa.field("semantic", _vector(pa.float16(), SEMANTIC_WIDTH)),  # CLIP image embedding, not normalised
    pa.field("emotion", _vector(pa.float32(), len(EMOTIONS))),  # softmax over EMOTIONS
    pa.field("motion", pa.float32()),  # mean absolute RGB difference, 0-255
    pa.field("scene_id", pa.int32()),
    pa.field("scene_offset", pa.int32()),  # seconds since the scene's start
)
MUSIC_FEATURES = (
    pa.field("chord", _LABEL),  # Harte-style, original key
    pa.field("chord_normalised", _LABEL),  # transposed to C major or A minor
    pa.field("loudness", pa.float32()),  # RMS over full scale, 0-1
    pa.field("note_density", pa.float32()),  # notes sounding in the second
)
ROWS = pa.schema(
    [
        pa.field("video_id", pa.string(), nullable=False),
        pa.field("second", pa.int32(), nullable=False),
        *VIDEO_FEATURES,
        *MUSIC_FEATURES,
    ],
    metadata=_METADATA,
)
"""One row per second, sorted by (video_id, second); a feature that a video lacks is null."""

VIDEOS = pa.schema(
    [
        pa.field("video_id", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("source", pa.string()),
        pa.field("license", pa.string()),
        pa.field("duration", pa.float64()),
        pa.field("seconds", pa.int32(), nullable=False),
        pa.field("key", pa.string()),
        pa.field("mode", pa.string()),
        pa.field("split", pa.string(), nullable=False),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("encoder", pa.string()),
        pa.field("extractors", pa.string()),
        pa.field("provenance", pa.string(), nullable=False),
        pa.field("has_audio", pa.bool_(), nullable=False),
        pa.field("has_video", pa.bool_(), nullable=False),
        pa.field("shard", pa.string(), nullable=False),
        pa.field("rows_hash", pa.string()),  # SHA-256 of the video's rows in a form of their own, see rows_hash.py
    ],
    metadata=_METADATA,
)
"""One row per video, sorted by video_id."""

QUALITY = pa.schema(
    [
        pa.field("video_id", pa.string(), nullable=False),
        pa.field("provenance", pa.string(), nullable=False),
        pa.field("decision", pa.string(), nullable=False),  # one of DECISIONS
        pa.field("reason", pa.string(), nullable=False),  # why it was left out; "" when kept
        pa.field("flags", pa.string(), nullable=False),  # filters whose threshold a score passes, comma between them
        *(pa.field(name, pa.float64()) for name in QUALITY_SCORES),
        pa.field("measured", pa.string(), nullable=False),  # hash of what the scores were measured on
    ],
    metadata=_METADATA,
)
"""One row per video that was considered, kept or not, sorted by video_id; a score that is not known or off is null."""

VIDEO_ARTIFACT = pa.schema([pa.field("second", pa.int32(), nullable=False), *VIDEO_FEATURES], metadata=_METADATA)
"""What the `video` stage writes for each video."""


class SchemaError(UserError):
    """A Parquet file does not follow the schema of this version."""


def check_schema(found: pa.Schema, wanted: pa.Schema, path: Path) -> None:
    """Raise SchemaError unless `found` has the version, columns and types of `wanted`."""
    version = (found.metadata or {}).get(_VERSION_KEY, b"none").decode()
    if version != str(SCHEMA_VERSION):
        raise SchemaError(
            f"{path}: schema version {version}, this program reads version {SCHEMA_VERSION}; "
            "run `muvisync run` to rebuild it"
        )
    if not found.equals(wanted):
        differing = {field.name for field in set(found) ^ set(wanted)} or {"the order of the columns"}
        raise SchemaError(
            f"{path}: {', '.join(sorted(differing))} not as in the schema; run `muvisync run` to rebuild it"
        )


def read_table(path: Path, wanted: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet file after checking it against `wanted`. Raises SchemaError with the next step."""
    try:
        check_schema(pq.read_schema(path), wanted, path)
        return pq.read_table(path, columns=columns, partitioning=None)
    except (OSError, pa.ArrowInvalid) as error:
        raise SchemaError(f"{path} can't be read ({error}); run `muvisync run` to rebuild it") from error
