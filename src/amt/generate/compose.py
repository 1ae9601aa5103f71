"""What was seen of a video -> pieces of music: the two models, the grid that meets the cuts, the arrangement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from amt.generate.arrangement import arrange
from amt.generate.grid import Grid
from amt.generate.grid.find_grid import find_grid
from amt.generate.harmony.lay_chords import lay_chords
from amt.generate.lead_sheet import LeadSheet
from amt.generate.predict.decode import features_to_chords, features_to_rhythm
from amt.generate.predict.features import Features, Seen, features_to_mode, fit_seconds, set_mood
from amt.generate.styles import Style, choose_style, read_style
from amt.generate.wish import Wish
from amt.model import Amt, Rhythm
from amt.model.decode import Sampling
from muvisync.chords import Key, denormalise, normalise
from muvisync.schema import EMOTIONS
from muvisync.soundfont import Note

HOME = {"major": Key(0, "major"), "minor": Key(9, "minor")}
"""The keys that the mood chooses from: C major, A minor."""
_SPREAD = 0.62  # of the truth's standard deviation that the shipped regressor's densities have
_CALM, _LIVELY = 4.0, 14.0  # notes a second, on average, that ask for the slowest and the fastest tempo


@dataclass(frozen=True)
class Models:
    """The trained networks."""

    chords: Amt
    rhythm: Rhythm


@dataclass(frozen=True, eq=False)
class Piece:
    """The music of a video.

    Attributes:
        features: of the video, as many seconds as the piece has.
        density, loudness: float32 (seconds,), as the regressor predicted them.
    """

    sheet: LeadSheet
    style: Style
    seed: int
    features: Features
    density: np.ndarray
    loudness: np.ndarray
    notes: list[Note]

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.sheet.grid.duration


def compose(models: Models, seen: Seen, duration: float, wish: Wish, variants: int = 1) -> list[Piece]:
    """Compose for a video of `duration` seconds; the same arguments give the same pieces.

    Variants share grid, style, note density and loudness, and have the seeds from `wish.seed` on.

    Raises:
        UserError: no music has the tempo, style or instruments that are wished.
    """
    features = fit_seconds(seen.features, math.ceil(duration))
    if wish.mood:
        features = set_mood(features, wish.mood)
    key = wish.key or HOME[features_to_mode(features)]
    density, loudness = (values.numpy() for values in features_to_rhythm(models.rhythm, features))
    grid = find_grid(duration, seen.cuts, density_to_pace(density), wish.tempo)
    moods = features_to_moods(features, grid)
    style = read_style(wish.style or choose_style(moods, float(density.mean())))
    beats = seconds_to_beats(widen(density), grid), seconds_to_beats(loudness, grid)
    pieces = []
    for seed, chords in _sample(models.chords, features, key, wish, variants):
        sheet = LeadSheet(key, grid, lay_chords(chords, grid, key, len(wish.primer)), *beats, moods)
        notes = arrange(sheet, style, seed, wish.instruments or None)
        pieces.append(Piece(sheet, style, seed, features, density, loudness, notes))
    return pieces


def _sample(model: Amt, features: Features, key: Key, wish: Wish, variants: int) -> list[tuple[int, list[str]]]:
    """Seeds and their chords, one a second, in the key to be heard."""
    primer = [normalise(chord, key) for chord in wish.primer]
    seeds = range(wish.seed, wish.seed + variants)
    sampling = Sampling(wish.temperature, wish.top_p, wish.longest_hold or None, wish.no_chord)
    sampled = features_to_chords(model, features, key.mode, primer, sampling, seeds)
    return [(seed, [denormalise(chord, key) for chord in chords]) for seed, chords in zip(seeds, sampled, strict=True)]


def density_to_pace(density: np.ndarray) -> float:
    """How lively music with this note density (seconds,) should be, 0-1."""
    return float(np.clip((density.mean() - _CALM) / (_LIVELY - _CALM), 0, 1))


def widen(density: np.ndarray) -> np.ndarray:
    """A note density (seconds,) that moves around its mean as much as real music does, never below one note.

    Predictions of the least squared error move too little: by `train_rhythm.spread` of the truth's standard deviation.
    """
    mean = density.mean()
    return np.maximum(mean + (density - mean) / _SPREAD, 1.0)


def seconds_to_beats(values: np.ndarray, grid: Grid) -> np.ndarray:
    """What `values` (seconds,) are at the middle of each beat, float32 (beats,)."""
    middles = (grid.times[:-1] + grid.times[1:]) / 2
    return np.interp(middles, np.arange(len(values)) + 0.5, values).astype(np.float32)


def features_to_moods(features: Features, grid: Grid) -> tuple[str, ...]:
    """The strongest emotion of each section; "neutral" where none was measured."""
    edges = [int(grid.times[beat]) for beat in grid.sections] + [features.seconds]
    return tuple(_strongest(features, slice(start, max(end, start + 1))) for start, end in pairwise(edges))


def _strongest(features: Features, seconds: slice) -> str:
    known = features.values["emotion"][seconds][features.present["emotion"][seconds]]
    return EMOTIONS[int(known.mean(axis=0).argmax())] if len(known) else "neutral"
