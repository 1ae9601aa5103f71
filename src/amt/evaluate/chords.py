"""How well the next chord is predicted over the songs of a split: by counting, and by anything with probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from amt.evaluate.baselines import Memory, Repeat
from amt.evaluate.hits import CHORD_METRICS, chord_metrics, counted_steps
from amt.evaluate.intervals import bootstrap_interval, mean_interval
from amt.model.batch import song_to_targets
from amt.model.ngrams import fit_unigram, previous_chords
from amt.model.songs import Song
from muvisync.params import EvaluateParams

PARTS = ("all", "changes")
SongTable = dict[str, np.ndarray]
"""One value a song of each figure, (songs,)."""


class Baselines(NamedTuple):
    """Fitted on the training songs."""

    repeat: Repeat
    memory: Memory


def fit_baselines(train: Sequence[Song], params: EvaluateParams) -> Baselines:
    """Count the chords of the training songs."""
    known = [song_to_targets(song) for song in train if song.has_chords]
    unigram = fit_unigram(known)
    return Baselines(Repeat.fit(known, unigram), Memory.fit(known, unigram, params.smoothing, params.memory))


def baseline_log_probabilities(fitted: Baselines, songs: Sequence[Song]) -> dict[str, list[np.ndarray]]:
    """Predictions of each baseline: (seconds + 1, vocabulary) per song."""
    wanted = [song_to_targets(song) for song in songs]
    tables = {
        "repeat": [fitted.repeat.probabilities(targets) for targets in wanted],
        "bigram": [fitted.memory.bigram[previous_chords(targets)] for targets in wanted],
        "memory": [fitted.memory.probabilities(targets) for targets in wanted],
    }
    with np.errstate(divide="ignore"):  # PAD has no probability and is never a target
        return {name: [np.log(table) for table in each] for name, each in tables.items()}


def song_metrics(songs: Sequence[Song], log_probabilities: Sequence[np.ndarray], part: str) -> SongTable:
    """Each figure per song, and the steps that count; `part` as of `counted_steps`.

    Returns:
        (songs,) each; NaN, and 0 steps, for songs where no step counts.
    """
    rows, steps = [], []
    for song, table in zip(songs, log_probabilities, strict=True):
        targets = song_to_targets(song)
        counted = counted_steps(targets)[part]
        rows.append(chord_metrics(table, targets, counted) or {})
        steps.append(counted.sum())
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in CHORD_METRICS} | {
        "steps": np.array(steps, dtype=float)
    }


def summarise(tables: Mapping[str, SongTable], params: EvaluateParams) -> dict[str, object]:
    """Means over songs of each part's figures, and `pooled` over all steps of all songs; intervals over songs."""
    result: dict[str, object] = {"interval": {}, "pooled": {"interval": {}}}
    for part, table in tables.items():
        figures = {name: table[name] for name in CHORD_METRICS}
        songs = int(np.isfinite(table["hits1"]).sum())
        result[part] = {n: float(np.nanmean(v)) if songs else None for n, v in figures.items()} | {"songs": songs}
        result["interval"][part] = {n: mean_interval(v, params.resamples, params.seed) for n, v in figures.items()}
        pooled = {n: _pool(v, table["steps"], params) for n, v in figures.items()}
        result["pooled"][part] = {n: mean for n, (mean, _) in pooled.items()} | {"steps": int(table["steps"].sum())}
        result["pooled"]["interval"][part] = {n: interval for n, (_, interval) in pooled.items()}
    return result


def _pool(means: np.ndarray, steps: np.ndarray, params: EvaluateParams) -> tuple[float | None, list[float] | None]:
    """Mean over all steps of songs with these means, and its interval over songs."""
    means, steps = means[steps > 0], steps[steps > 0]
    if not len(means):
        return None, None

    def mean(index: np.ndarray | slice) -> float:
        return float((means[index] * steps[index]).sum() / steps[index].sum())

    return mean(slice(None)), bootstrap_interval(mean, len(means), params.resamples, params.seed)
