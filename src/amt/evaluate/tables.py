"""What evaluation leaves for the report: predictions of every second, and counts for its plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from amt.evaluate.chords import SongTable
from amt.evaluate.hits import CHORD_METRICS
from amt.model.songs import Song
from muvisync.chords import CHORDS, END, PAD, QUALITIES, ROOTS, split_chord
from muvisync.files import temporary

_END_LABEL = "END"
_DIGITS = 5
PREDICTIONS = pa.schema(
    [
        ("video_id", pa.string()),
        ("second", pa.int32()),
        ("chord_true", pa.string()),
        ("chord_predicted", pa.string()),
        ("density_true", pa.float32()),
        ("density_predicted", pa.float32()),
        ("loudness_true", pa.float32()),
        ("loudness_predicted", pa.float32()),
    ]
)
"""A row a second; normalised chords, teacher-forced; null where the truth is unknown."""
SONGS = pa.schema(
    [("video_id", pa.string()), ("model", pa.string()), ("part", pa.string())]
    + [(name, pa.float64()) for name in ("steps", *CHORD_METRICS)]
)


def write_predictions(
    path: Path, songs: Sequence[Song], chords: Sequence[np.ndarray], rhythm: Sequence[np.ndarray]
) -> None:
    """Write predictions.parquet: `chords` (seconds,) ids and `rhythm` (seconds, 2) per song."""
    tables = [_song_table(*entry) for entry in zip(songs, chords, rhythm, strict=True)]
    with temporary(path) as draft:
        pq.write_table(pa.concat_tables(tables), draft)


def write_song_scores(path: Path, songs: Sequence[Song], models: Mapping[str, Mapping[str, SongTable]]) -> None:
    """Write songs.parquet: a row for each song, model and part ("all", "changes"); NaN where no step counts."""
    rows = [
        {"video_id": song.video_id, "model": model, "part": part}
        | {name: round(float(values[place]), _DIGITS) for name, values in table.items()}
        for model, parts in models.items()
        for part, table in parts.items()
        for place, song in enumerate(songs)
    ]
    with temporary(path) as draft:
        pq.write_table(pa.Table.from_pylist(rows, SONGS), draft)


def rounded(value: object) -> object:
    """The same structure with rounded numbers: equal bytes where only the last bits differ."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, _DIGITS) if isinstance(value, float) else value


def _song_table(song: Song, chords: np.ndarray, rhythm: np.ndarray) -> pa.Table:
    columns = [
        [song.video_id] * song.seconds,
        np.arange(song.seconds),
        [_label(chord) for chord in song.chords],
        [_label(chord) for chord in chords],
    ]
    for column, truth in enumerate((song.density, song.loudness)):
        columns += [_nullable(truth), _nullable(rhythm[:, column])]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, PREDICTIONS, strict=True)], schema=PREDICTIONS)


def _nullable(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.float32(), mask=~np.isfinite(values))


def _label(chord: int) -> str | None:
    if chord == PAD:
        return None
    return _END_LABEL if chord == END else CHORDS[chord]


def count_plots(songs: Sequence[Song], chords: Sequence[np.ndarray]) -> dict[str, object]:
    """Counts over seconds with a known chord: confusion of roots and of qualities, and how often each chord stands.

    `counts[i][j]` of a confusion: seconds whose truth is `labels[i]` and whose prediction is `labels[j]`.
    """
    truth = np.concatenate([song.chords for song in songs])
    predicted = np.concatenate([np.asarray(c) for c in chords])[truth != PAD]
    truth = truth[truth != PAD]
    pairs = [(_label(a), _label(b)) for a, b in zip(truth, predicted, strict=True)]
    labels = [*CHORDS, _END_LABEL]
    stand = [
        {"chord": x, "true": sum(a == x for a, _ in pairs), "predicted": sum(b == x for _, b in pairs)} for x in labels
    ]
    return {
        "roots": _confusion(pairs, 0, ["N", *ROOTS, _END_LABEL]),
        "qualities": _confusion(pairs, 1, ["N", *QUALITIES, _END_LABEL]),
        "chords": sorted((x for x in stand if x["true"] or x["predicted"]), key=lambda x: (-x["true"], x["chord"])),
    }


def _confusion(pairs: list[tuple[str, str]], part: int, labels: list[str]) -> dict[str, object]:
    places = {label: place for place, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    for pair in pairs:
        row, column = (places[_END_LABEL if x == _END_LABEL else split_chord(x)[part]] for x in pair)
        counts[row, column] += 1
    return {"labels": labels, "counts": counts.tolist()}
