"""The published measures of whether chords suit the emotion of the picture (Kang et al. 2024)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from amt.evaluate.chords import SongTable
from amt.evaluate.hits import correspondence
from amt.evaluate.intervals import mean_interval
from amt.model import MODALITIES
from amt.model.losses import affective_loss
from amt.model.songs import Song
from muvisync.params import EvaluateParams


def affective_table(songs: Sequence[Song], logits: Sequence[np.ndarray]) -> SongTable:
    """Affective matching loss, correspondence and the seconds that it counts, (songs,) each; NaN where none counts.

    Predictions are those of the teacher-forced model, as published.

    Args:
        logits: (seconds + 1, vocabulary) per song.
    """
    losses, shares, seconds = [], [], []
    for song, table in zip(songs, logits, strict=True):
        known = song.present[:, MODALITIES.index("emotion")]
        parts = (torch.from_numpy(array)[None] for array in (table[:-1], song.emotion, known))
        losses.append(float(affective_loss(*parts)) if known.any() else np.nan)
        matches, clear = correspondence(table[:-1].argmax(axis=1), song.emotion, known)
        shares.append(matches / clear if clear else np.nan)
        seconds.append(clear)
    return {
        "affective_loss": np.array(losses),
        "correspondence": np.array(shares),
        "correspondence_seconds": np.array(seconds),
    }


def affective_figures(table: SongTable, params: EvaluateParams) -> dict[str, object]:
    """Means over songs (correspondence: over those with a clear second), with intervals; and the clear seconds."""
    means = {name: table[name] for name in ("affective_loss", "correspondence")}
    intervals = {name: mean_interval(values, params.resamples, params.seed) for name, values in means.items()}
    figures = {n: float(np.nanmean(v)) if np.isfinite(v).any() else None for n, v in means.items()}
    return figures | {"correspondence_seconds": int(table["correspondence_seconds"].sum()), "interval": intervals}
