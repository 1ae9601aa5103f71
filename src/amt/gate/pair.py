"""A chord model and a regressor that belong together, and what is measured of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from amt.evaluate.chords import SongTable
from amt.evaluate.held import Held
from amt.evaluate.measure import Measured, measure_amt
from amt.evaluate.predict import songs_to_logits, songs_to_rhythm
from amt.evaluate.rhythm import rhythm_metrics
from amt.model import Amt, ModelError, Rhythm, load_model, read_encoder
from amt.model.checkpoint import WEIGHTS
from amt.model.rhythm import TARGETS
from muvisync.files import file_hash
from muvisync.params import EvaluateParams

NAMES = ("amt", "rhythm")
CHORD_FIGURES = ("cross_entropy", "hits1", "hits3", "hits5")


@dataclass(frozen=True)
class Pair:
    """Both models of a folder.

    Attributes:
        encoder: label of the picture encoder that they learned from, where it is known.
        bytes: of both files of weights.
    """

    amt: Amt
    rhythm: Rhythm
    encoder: str | None
    bytes: int

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Pair:
        """Read both. Raises ModelError for one that is missing, broken, or not of its kind."""
        amt, rhythm = (load_model(folder / name).to(device) for name in NAMES)
        if not (isinstance(amt, Amt) and isinstance(rhythm, Rhythm)):
            raise ModelError(f"{folder}: the models of amt and rhythm are not of these kinds; train them again")
        size = sum((folder / name / WEIGHTS).stat().st_size for name in NAMES)
        return cls(amt, rhythm, read_encoder(folder / "amt"), size)


@dataclass(frozen=True)
class Figures:
    """What is measured of a pair.

    Attributes:
        songs: (songs,) of each of CHORD_FIGURES, which pairs are compared by.
        means: all figures by name; NaN where there is nothing to measure.
    """

    songs: SongTable
    means: dict[str, float]


def weight_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of the weights of each model; "missing" for a file that is not there."""
    paths = {name: folder / name / WEIGHTS for name in NAMES}
    return {name: file_hash(path) if path.is_file() else "missing" for name, path in paths.items()}


def measure_pair(pair: Pair, held: Held, params: EvaluateParams) -> Figures:
    """Chords teacher-forced, what another video's features cost, both targets of the regressor, size."""
    measured = measure_amt(pair.amt, held, params)
    songs = {name: measured.parts["all"][name] for name in CHORD_FIGURES}
    means = {name: _mean(values) for name, values in songs.items()} | {"control": _control(measured)}
    answers = songs_to_rhythm(pair.rhythm, held.songs, params.batch_size)
    for column, target in enumerate(TARGETS):
        truths = [getattr(song, target) for song in held.songs]
        found = rhythm_metrics(truths, [[answer[:, column] for answer in answers]], params.resamples, params.seed)
        means |= {f"{target}_rmse": _nan(found["rmse"]), f"{target}_correlation": _nan(found["correlation"])}
    return Figures(songs, means | {"bytes": float(pair.bytes)})


def time_pairs(pairs: list[Pair], held: Held, batch_size: int, rounds: int = 3) -> list[float]:
    """Seconds that each pair takes for the songs, the best of several rounds in turn: other programs disturb least."""
    seconds = [[] for _ in pairs]
    for _ in range(rounds):
        for pair, found in zip(pairs, seconds, strict=True):
            started = time.perf_counter()
            songs_to_logits(pair.amt, held.songs, batch_size)
            songs_to_rhythm(pair.rhythm, held.songs, batch_size)
            found.append(time.perf_counter() - started)
    return [min(found) for found in seconds]


def _control(measured: Measured) -> float:
    """Nats that another video's features cost; NaN where no song has another video."""
    if "other" not in measured.control:
        return float("nan")
    return _mean(measured.control["other"]["cross_entropy"] - measured.control["own"]["cross_entropy"])


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)
