"""The regressor beside the mean of its training songs, and under each control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amt.evaluate.control import controls, seeing_songs
from amt.evaluate.held import Held
from amt.evaluate.predict import songs_to_rhythm
from amt.evaluate.rhythm import rhythm_changes, rhythm_metrics
from amt.model import Rhythm
from amt.model.rhythm import TARGETS
from amt.model.songs import Song
from muvisync.params import EvaluateParams

Answers = list[np.ndarray]
"""(seconds, targets) per song."""


def measure_rhythm(
    held: Held, models: Sequence[Rhythm], params: EvaluateParams
) -> dict[str, dict[str, dict[str, object]]]:
    """Figures of each target by who says it.

    Args:
        models: seeds of one model, whose figures are averaged song by song.

    Returns:
        By target, `rhythm_metrics` of "model", of "mean" (of the training songs), and of the model under each of
        `controls`, of one partner; these have the changes against the right video too.
    """
    own = _answers(models, held.songs, params)
    seeing, places = seeing_songs(held.songs), {song.video_id: place for place, song in enumerate(held.songs)}
    seen = [[answers[places[song.video_id]] for song in seeing] for answers in own]
    changed = {name: _answers(models, songs[0], params) for name, songs in controls(held.songs, held.pool, partners=1)}
    mean = models[0].target_mean.cpu().numpy()
    return {
        target: _entries(held.songs, own, column, float(mean[column]), params)
        | _changed_entries(seeing, seen, changed, column, params)
        for column, target in enumerate(TARGETS)
    }


def _answers(models: Sequence[Rhythm], songs: Sequence[Song], params: EvaluateParams) -> list[Answers]:
    """What each seed says."""
    return [songs_to_rhythm(model, songs, params.batch_size) for model in models]


def _entries(
    songs: Sequence[Song], own: Sequence[Answers], column: int, mean: float, params: EvaluateParams
) -> dict[str, dict[str, object]]:
    truths = _truths(songs, column)
    guesses = {"model": _column(own, column), "mean": [[np.full(len(truth), mean) for truth in truths]]}
    return {name: rhythm_metrics(truths, guess, params.resamples, params.seed) for name, guess in guesses.items()}


def _changed_entries(
    songs: Sequence[Song],
    own: Sequence[Answers],
    changed: Mapping[str, Sequence[Answers]],
    column: int,
    params: EvaluateParams,
) -> dict[str, dict[str, object]]:
    truths, before = _truths(songs, column), _column(own, column)
    entries = {}
    for name, seeds in changed.items():
        after = _column(seeds, column)
        figures = rhythm_metrics(truths, after, params.resamples, params.seed)
        entries[name] = figures | {"change": rhythm_changes(truths, before, after, params.resamples, params.seed)}
    return entries


def _truths(songs: Sequence[Song], column: int) -> Answers:
    return [getattr(song, TARGETS[column]) for song in songs]


def _column(seeds: Sequence[Answers], column: int) -> list[Answers]:
    return [[answer[:, column] for answer in answers] for answers in seeds]
