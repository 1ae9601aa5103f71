"""Whether the AMT looks at the picture, and at what in it: its figures under each control, song by song."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amt.evaluate.chords import SongTable, song_metrics
from amt.evaluate.control import controls, seeing_songs
from amt.evaluate.intervals import mean_interval
from amt.evaluate.predict import log_softmax, songs_to_logits
from amt.model import MODALITIES, Amt
from amt.model.songs import Song
from muvisync.params import EvaluateParams

_FIGURES = ("cross_entropy", "hits1")


def control_tables(
    model: Amt, songs: Sequence[Song], own: Sequence[np.ndarray], pool: Sequence[Song], params: EvaluateParams
) -> dict[str, SongTable]:
    """Figures of each song of `seeing_songs` with its own video ("own") and under each control, means over versions.

    A song that lacks a modality has NaN where only this one is changed.

    Args:
        own: logits (seconds + 1, vocabulary) per song of `songs`.
    """
    seeing = seeing_songs(songs)
    logits = dict(zip((song.video_id for song in songs), own, strict=True))
    tables = {"own": song_metrics(seeing, [log_softmax(logits[song.video_id]) for song in seeing], "all")}
    for name, versions in controls(songs, pool, params.control_partners):
        each = [_measure(model, version, params) for version in versions]
        blank = np.array([_lacks(song, name.split()[-1]) for song in seeing])
        tables[name] = {
            key: np.where(blank, np.nan, np.mean([table[key] for table in each], axis=0)) for key in each[0]
        }
    return tables


def _measure(model: Amt, songs: Sequence[Song], params: EvaluateParams) -> SongTable:
    return song_metrics(songs, [log_softmax(x) for x in songs_to_logits(model, songs, params.batch_size)], "all")


def _lacks(song: Song, modality: str) -> bool:
    return modality in MODALITIES and not song.present[:, MODALITIES.index(modality)].any()


def control_figures(tables: Mapping[str, SongTable], params: EvaluateParams) -> dict[str, object] | None:
    """What each control changes: `difference` is with it minus without, mean over songs, with its interval.

    Returns:
        cross_entropy and hits1 with all of another video's features, and the same for each control by its name in
        `parts`; None when no song sees anything.
    """
    parts = {name: differences(tables["own"], table, params) for name, table in tables.items() if name != "own"}
    if not parts:
        return None
    return {"songs": len(tables["own"]["hits1"]), "partners": params.control_partners, "parts": parts} | parts.get(
        "other", {}
    )


def differences(own: SongTable, other: SongTable, params: EvaluateParams) -> dict[str, object]:
    """Cross-entropy and Hits@1 of two tables over the songs that both measure: other minus own, with its interval."""
    known = np.isfinite(other["hits1"]) & np.isfinite(own["hits1"])
    if not known.any():
        return {}
    return {
        name: {
            "own": float(own[name][known].mean()),
            "other": float(other[name][known].mean()),
            "difference": float((other[name] - own[name])[known].mean()),
            "interval": mean_interval((other[name] - own[name])[known], params.resamples, params.seed),
        }
        for name in _FIGURES
    }
