"""The AMT beside the baselines and under the control, over the songs of a split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from amt.evaluate.baselines import Memory, Repeat
from amt.evaluate.hits import CHORD_METRICS, chord_metrics, correspondence, counted_steps
from amt.evaluate.intervals import mean_interval
from amt.evaluate.predict import log_softmax
from amt.model import MODALITIES
from amt.model.batch import song_to_targets
from amt.model.losses import affective_loss
from amt.model.ngrams import fit_unigram, previous_chords
from amt.model.songs import Song
from muvisync.params import EvaluateParams


def baseline_log_probabilities(
    train: Sequence[Song], songs: Sequence[Song], params: EvaluateParams
) -> dict[str, list[np.ndarray]]:
    """Predictions of each baseline, fitted on the training songs: (seconds + 1, vocabulary) per song."""
    known = [song_to_targets(song) for song in train if song.has_chords]
    unigram = fit_unigram(known)
    repeat, memory = Repeat.fit(known, unigram), Memory.fit(known, unigram, params.smoothing, params.memory)
    wanted = [song_to_targets(song) for song in songs]
    tables = {
        "repeat": [repeat.probabilities(targets) for targets in wanted],
        "bigram": [memory.bigram[previous_chords(targets)] for targets in wanted],
        "memory": [memory.probabilities(targets) for targets in wanted],
    }
    with np.errstate(divide="ignore"):  # PAD has no probability and is never a target
        return {name: [np.log(table) for table in each] for name, each in tables.items()}


def score_songs(
    songs: Sequence[Song], log_probabilities: Sequence[np.ndarray], params: EvaluateParams
) -> dict[str, object]:
    """Means over songs of Hits@k and cross-entropy, over all steps and at chord changes, with intervals over songs."""
    result: dict[str, object] = {"interval": {}}
    for part in ("all", "changes"):
        table = song_metrics(songs, log_probabilities, part)
        means = {name: float(np.nanmean(v)) if np.isfinite(v).any() else None for name, v in table.items()}
        result[part] = means | {"songs": int(np.isfinite(table["hits1"]).sum())}
        result["interval"][part] = {n: mean_interval(v, params.resamples, params.seed) for n, v in table.items()}
    return result


def song_metrics(songs: Sequence[Song], log_probabilities: Sequence[np.ndarray], part: str) -> dict[str, np.ndarray]:
    """Each figure per song, (songs,) with NaN for songs where no step counts; `part` as of `counted_steps`."""
    rows = []
    for song, table in zip(songs, log_probabilities, strict=True):
        targets = song_to_targets(song)
        rows.append(chord_metrics(table, targets, counted_steps(targets)[part]) or {})
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in CHORD_METRICS}


def affective_scores(songs: Sequence[Song], logits: Sequence[np.ndarray]) -> dict[str, float | int | None]:
    """Affective matching loss (mean over songs) and correspondence (share of clear seconds, mean over songs with some).

    Predictions are those of the teacher-forced model, as published.
    """
    losses, shares, seconds = [], [], 0
    for song, table in zip(songs, logits, strict=True):
        known = song.present[:, MODALITIES.index("emotion")]
        if known.any():
            parts = (torch.from_numpy(array)[None] for array in (table[:-1], song.emotion, known))
            losses.append(float(affective_loss(*parts)))
        matches, clear = correspondence(table[:-1].argmax(axis=1), song.emotion, known)
        seconds += clear
        shares += [matches / clear] if clear else []
    return {
        "affective_loss": float(np.mean(losses)) if losses else None,
        "correspondence": float(np.mean(shares)) if shares else None,
        "correspondence_seconds": seconds,
    }


def compare_videos(
    songs: Sequence[Song], own: Sequence[np.ndarray], other: Sequence[np.ndarray], params: EvaluateParams
) -> dict[str, object]:
    """Figures with the right and with another video's features: `difference` is other minus own, with its interval.

    Args:
        own, other: logits (seconds + 1, vocabulary) per song.
    """
    result: dict[str, object] = {"songs": len(songs)}
    tables = [song_metrics(songs, [log_softmax(x) for x in logits], "all") for logits in (own, other)]
    for name in ("cross_entropy", "hits1"):
        right, wrong = (table[name] for table in tables)
        if np.isfinite(right).any():
            result[name] = {
                "own": float(np.nanmean(right)),
                "other": float(np.nanmean(wrong)),
                "difference": float(np.nanmean(wrong - right)),
                "interval": mean_interval(wrong - right, params.resamples, params.seed),
            }
    return result
