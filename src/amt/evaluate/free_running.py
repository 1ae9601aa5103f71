"""What chords of a model's own making are like, beside real songs and counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from amt.evaluate.baselines import Memory
from amt.evaluate.held import Held
from amt.evaluate.intervals import mean_interval
from amt.evaluate.progressions import chord_counts, divergence, progression_figures, transition_counts
from amt.evaluate.sampling import Chords, choose_songs, sample_memory, sample_model
from amt.model import Amt
from amt.model.decode import Sampling
from muvisync.params import EvaluateParams

COMPOSING = "composing"
"""Ends the name of the row whose chords are drawn as music for a video is: see `Sampling`."""


class Progressions(NamedTuple):
    """Figures of each song by name, (songs,), and pooled counts of the chords and of their changes."""

    songs: dict[str, np.ndarray]
    chords: np.ndarray
    transitions: np.ndarray


def free_running_figures(
    models: Mapping[str, Sequence[Amt]], memory: Memory, held: Held, params: EvaluateParams
) -> dict[str, object] | None:
    """Rows "real", then two of each model (several seeds are averaged) and "memory"; None when turned off.

    A model's first row is drawn from its probabilities as they are, like the memory's; the second as `generate` does.
    """
    songs = choose_songs(held.songs, params.free_running_songs)
    if not songs:
        return None
    rows = {"real": [measure_progressions([song.chords for song in songs])]}
    ways = {"": Sampling(1.0, longest_hold=None, no_chord=True), f" {COMPOSING}": Sampling(params.temperature)}
    for name, seeds in models.items():
        for way, sampling in ways.items():
            made = [sample_model(model, songs, sampling, params.seed) for model in seeds]
            rows[name + way] = [measure_progressions(chords) for chords in made]
    rows["memory"] = [measure_progressions(sample_memory(memory, songs, params.seed))]
    known = [song.chords for song in held.train if song.has_chords] or [song.chords for song in held.songs]
    return {
        "songs": len(songs),
        "temperature": params.temperature,
        "rows": progression_table(rows, measure_progressions(known), params),
    }


def measure_progressions(chords: Chords) -> Progressions:
    """What sequences of chords are like; at least one."""
    rows = [progression_figures(song) for song in chords]
    songs = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    pooled = (np.sum([count(song) for song in chords], axis=0) for count in (chord_counts, transition_counts))
    return Progressions(songs, *pooled)


def progression_table(
    rows: Mapping[str, Sequence[Progressions]], reference: Progressions, params: EvaluateParams
) -> dict[str, object]:
    """Figures of each row, means over songs with their intervals; a row's entries are of several seeds, and averaged.

    `chord_divergence` and `transition_divergence`: from the `reference` (the training songs), bits. They shrink with
    more songs, so hold them against those of real songs, which are as many.
    """
    return {name: _row(each, reference, params) for name, each in rows.items()}


def _row(seeds: Sequence[Progressions], reference: Progressions, params: EvaluateParams) -> dict[str, object]:
    tables = {name: np.mean([seed.songs[name] for seed in seeds], axis=0) for name in seeds[0].songs}
    figures = {n: float(np.nanmean(v)) if np.isfinite(v).any() else None for n, v in tables.items()}
    distances = {
        "chord_divergence": np.mean([divergence(seed.chords, reference.chords) for seed in seeds]),
        "transition_divergence": np.mean([divergence(seed.transitions, reference.transitions) for seed in seeds]),
    }
    figures |= {name: float(value) if np.isfinite(value) else None for name, value in distances.items()}
    intervals = {name: mean_interval(values, params.resamples, params.seed) for name, values in tables.items()}
    return figures | {"interval": intervals}
