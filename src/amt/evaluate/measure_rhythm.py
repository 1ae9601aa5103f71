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
    held: Held, predicted: Answers, model: Rhythm, params: EvaluateParams
) -> dict[str, dict[str, dict[str, object]]]:
    """Figures of each target by who says it.

    Returns:
        By target, `rhythm_metrics` of "model", of "mean" (of the training songs), and of the model under each of
        `controls`, of one partner; these have the changes against the right video too.
    """
    changed = {name: songs_to_rhythm(model, songs[0], params.batch_size) for name, songs in _controls(held)}
    mean = model.target_mean.cpu().numpy()
    return {
        target: _entries(held.songs, predicted, column, float(mean[column]), params)
        | _changed_entries(held.songs, predicted, changed, column, params)
        for column, target in enumerate(TARGETS)
    }


def _controls(held: Held) -> list[tuple[str, list[list[Song]]]]:
    return list(controls(held.songs, held.pool, partners=1))


def _entries(
    songs: Sequence[Song], predicted: Answers, column: int, mean: float, params: EvaluateParams
) -> dict[str, dict[str, object]]:
    truths = _truths(songs, column)
    guesses = {"model": _column(predicted, column), "mean": [np.full(len(truth), mean) for truth in truths]}
    return {name: rhythm_metrics(truths, guess, params.resamples, params.seed) for name, guess in guesses.items()}


def _changed_entries(
    songs: Sequence[Song], predicted: Answers, changed: Mapping[str, Answers], column: int, params: EvaluateParams
) -> dict[str, dict[str, object]]:
    seeing = seeing_songs(songs)
    own = {song.video_id: answer for song, answer in zip(songs, predicted, strict=True)}
    truths, before = _truths(seeing, column), _column([own[song.video_id] for song in seeing], column)
    entries = {}
    for name, answers in changed.items():
        after = _column(answers, column)
        figures = rhythm_metrics(truths, after, params.resamples, params.seed)
        entries[name] = figures | {"change": rhythm_changes(truths, before, after, params.resamples, params.seed)}
    return entries


def _truths(songs: Sequence[Song], column: int) -> Answers:
    return [getattr(song, TARGETS[column]) for song in songs]


def _column(answers: Sequence[np.ndarray], column: int) -> Answers:
    return [answer[:, column] for answer in answers]
