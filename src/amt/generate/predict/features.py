"""What the `video` stage measured -> what the models take, for exactly as many seconds as the video has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import torch

from amt.model import MODALITIES, Video
from muvisync.schema import EMOTIONS, SEMANTIC_WIDTH, VIDEO_ARTIFACT, read_table

_WIDTHS = {"semantic": (SEMANTIC_WIDTH,), "scene_offset": (), "motion": (), "emotion": (len(EMOTIONS),)}
_FACTS = b"muvisync"  # the metadata that holds what is known of the whole video
_CHOSEN = 0.75  # share of a mood that somebody chose; the rest is what the picture shows, so that it still moves
_DARK = ("fearful", "tense", "sad")


@dataclass(frozen=True)
class Features:
    """Features of a video, a row a second.

    Attributes:
        values: of each of `MODALITIES`, float32 (seconds,) or (seconds, width); zero where not measured.
        present: of each of `MODALITIES`, bool (seconds,): whether it was measured.
    """

    values: dict[str, np.ndarray]
    present: dict[str, np.ndarray]

    @property
    def seconds(self) -> int:
        """Number of rows."""
        return len(self.present[MODALITIES[0]])


class Seen(NamedTuple):
    """What was measured of a video file: features, seconds of its cuts, and what a person should know of them."""

    features: Features
    cuts: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


def read_seen(path: Path) -> Seen:
    """What is in a file that the `video` stage wrote. Raises SchemaError."""
    table = read_table(path, VIDEO_ARTIFACT)
    facts = json.loads((table.schema.metadata or {}).get(_FACTS, b"{}"))
    return Seen(table_to_features(table), tuple(facts.get("cuts", ())))


def table_to_features(table: pa.Table) -> Features:
    """Features in a table of the schema VIDEO_ARTIFACT; nulls and values that are not finite count as not measured."""
    columns = {name: _column_to_array(table[name].combine_chunks(), _WIDTHS[name]) for name in MODALITIES}
    return Features({name: c[0] for name, c in columns.items()}, {name: c[1] for name, c in columns.items()})


def arrays_to_features(
    semantic: np.ndarray, scene_offset: np.ndarray, motion: np.ndarray, emotion: np.ndarray
) -> Features:
    """Features of arrays with a row a second, all measured; shapes as in `Features.values`."""
    arrays = {"semantic": semantic, "scene_offset": scene_offset, "motion": motion, "emotion": emotion}
    values = {name: array.astype(np.float32) for name, array in arrays.items()}
    return Features(values, {name: np.ones(len(motion), bool) for name in MODALITIES})


def fit_seconds(features: Features, seconds: int) -> Features:
    """The same features cut to `seconds` rows, or with the last row repeated: sound may outlast the picture."""
    rows = np.minimum(np.arange(seconds), features.seconds - 1)
    return _select(features, rows)


def window(features: Features, start: int, stop: int) -> Features:
    """The seconds from `start` to before `stop`."""
    return _select(features, np.arange(start, min(stop, features.seconds)))


def without_semantic(features: Features) -> Features:
    """The same features as if what is in the picture had not been measured."""
    semantic = np.zeros_like(features.values["semantic"])
    unknown = np.zeros(features.seconds, bool)
    return Features(features.values | {"semantic": semantic}, features.present | {"semantic": unknown})


def set_mood(features: Features, mood: str) -> Features:
    """The same features with an emotion that is mostly `mood`, one of EMOTIONS, in every second."""
    wanted = (np.array(EMOTIONS) == mood).astype(np.float32)
    known = features.present["emotion"][:, None]
    shown = np.where(known, features.values["emotion"], np.float32(1 / len(EMOTIONS)))
    emotion = (_CHOSEN * wanted + (1 - _CHOSEN) * shown).astype(np.float32)
    present = features.present | {"emotion": np.ones(len(emotion), bool)}
    return Features(features.values | {"emotion": emotion}, present)


def features_to_video(features: Features) -> Video:
    """A batch of one."""
    values = {name: torch.from_numpy(array).unsqueeze(0) for name, array in features.values.items()}
    present = np.stack([features.present[name] for name in MODALITIES], axis=-1)
    mask = torch.ones(1, features.seconds, dtype=torch.bool)
    return Video(present=torch.from_numpy(present).unsqueeze(0), mask=mask, **values)


def features_to_mode(features: Features) -> str:
    """The mode that suits a video: "minor" where it is more sad, fearful and tense than exciting and relaxing."""
    known = features.values["emotion"][features.present["emotion"]]
    if not len(known):
        return "major"
    mood = dict(zip(EMOTIONS, known.mean(axis=0), strict=True))
    return "minor" if sum(mood[word] for word in _DARK) > mood["exciting"] + mood["relaxing"] else "major"


def _select(features: Features, rows: np.ndarray) -> Features:
    return Features(
        {name: array[rows] for name, array in features.values.items()},
        {name: array[rows] for name, array in features.present.items()},
    )


def _column_to_array(column: pa.Array, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    present = column.is_valid().to_numpy(zero_copy_only=False)
    found = column.drop_null()
    found = found.flatten() if shape else found
    values = np.zeros((len(column), *shape), np.float32)
    values[present] = found.to_numpy(zero_copy_only=False).reshape(-1, *shape)
    finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    values[~finite] = 0
    return values, present & finite
