"""Stage evaluate: reports/evaluate/metrics.json, plots.json and predictions.parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from amt.evaluate.chords import (
    affective_scores,
    baseline_log_probabilities,
    compare_videos,
    score_songs,
)
from amt.evaluate.control import with_other_videos
from amt.evaluate.predict import log_softmax, songs_to_logits, songs_to_rhythm
from amt.evaluate.rhythm import rhythm_metrics
from amt.evaluate.summary import print_summary
from amt.evaluate.tables import count_plots, write_predictions
from amt.model import Amt, BiGru, load_model
from amt.model.rhythm import TARGETS
from amt.model.songs import DATASET, NoSongs, Song, read_songs
from muvisync.files import write_json
from muvisync.params import EvaluateParams

REPORT, MODELS = Path("reports/evaluate"), Path("models")
_DIGITS = 5


@dataclass(frozen=True)
class Held:
    """The songs that are measured, the training songs that the baselines count, and all songs for the control."""

    split: str
    songs: list[Song]
    train: list[Song]
    pool: list[Song]


def evaluate(params: EvaluateParams, dataset: Path = DATASET, models: Path = MODELS, report: Path = REPORT) -> None:
    """Measure both models and write the report's figures.

    Raises:
        NoSongs: no split has a song with chords.
        ModelError: a model is missing or broken.
    """
    if params.threads:
        torch.set_num_threads(params.threads)
    held = choose_held_songs(read_songs(dataset), params.split)
    device = "cuda" if params.accelerator != "cpu" and torch.cuda.is_available() else "cpu"
    amt, bigru = (load_model(models / name).to(device) for name in ("amt", "rhythm"))
    logits = songs_to_logits(amt, held.songs, params.batch_size)
    rhythm = songs_to_rhythm(bigru, held.songs, params.batch_size)
    metrics = {
        "split": held.split,
        "split_wanted": params.split,
        "songs": len(held.songs),
        "seconds": sum(song.seconds for song in held.songs),
        "train_songs": len(held.train),
        "chords": measure_chords(held, logits, params),
        "control": measure_control(held, logits, amt, params),
        "rhythm": measure_rhythm(held, rhythm, bigru, params),
    }
    predicted = [table[:-1].argmax(axis=1) for table in logits]
    write_predictions(report / "predictions.parquet", held.songs, predicted, rhythm)
    write_json(report / "plots.json", count_plots(held.songs, predicted))
    write_json(report / "metrics.json", _rounded(metrics))
    print_summary(metrics)


def choose_held_songs(songs: Sequence[Song], wanted: str) -> Held:
    """Songs with chords of the wanted split; where it has none, of test, val or train, in this order."""
    for split in (wanted, "test", "val", "train"):
        held = [song for song in songs if song.split == split and song.has_chords]
        if held:
            return Held(split, held, [song for song in songs if song.split == "train"], list(songs))
    raise NoSongs(
        "nothing to evaluate on: no video of the dataset has chords; `muvisync status` shows what became of each"
    )


def measure_chords(held: Held, logits: Sequence[np.ndarray], params: EvaluateParams) -> dict[str, object]:
    """The AMT and each baseline, by name."""
    tables = {"amt": [log_softmax(table) for table in logits]}
    tables |= baseline_log_probabilities(held.train, held.songs, params)
    scores = {name: score_songs(held.songs, table, params) for name, table in tables.items()}
    scores["amt"] |= affective_scores(held.songs, logits)
    return scores


def measure_control(
    held: Held, logits: Sequence[np.ndarray], model: Amt, params: EvaluateParams
) -> dict[str, object] | None:
    """The AMT with another video's features; None when there is no other video."""
    swapped = with_other_videos(held.songs, held.pool)
    if not swapped:
        return None
    own = dict(zip((song.video_id for song in held.songs), logits, strict=True))
    other = songs_to_logits(model, swapped, params.batch_size)
    return compare_videos(swapped, [own[song.video_id] for song in swapped], other, params)


def measure_rhythm(
    held: Held, predicted: Sequence[np.ndarray], model: BiGru, params: EvaluateParams
) -> dict[str, dict[str, object]]:
    """Density and loudness by the Bi-GRU, by the mean of its training songs, and by the Bi-GRU with another video."""
    swapped = with_other_videos(held.songs, held.pool)
    other = songs_to_rhythm(model, swapped, params.batch_size)
    result = {}
    for column, target in enumerate(TARGETS):
        mean = float(model.target_mean[column])
        entries = {
            "bigru": (held.songs, [values[:, column] for values in predicted]),
            "mean": (held.songs, [np.full(song.seconds, mean) for song in held.songs]),
            "other_video": (swapped, [values[:, column] for values in other]),
        }
        result[target] = {
            name: rhythm_metrics([getattr(song, target) for song in songs], guesses, params.resamples, params.seed)
            for name, (songs, guesses) in entries.items()
        }
    return result


def _rounded(value: object) -> object:
    """The same structure with rounded numbers: equal bytes where only the last bits differ."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, _DIGITS) if isinstance(value, float) else value
