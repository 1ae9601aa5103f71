"""Features -> a piece of music: the two models, the ending, the arrangement."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from amt.generate.arrange import chords_to_notes
from amt.generate.decode import features_to_chords, features_to_rhythm
from amt.generate.ending import resolve
from amt.generate.features import Features, features_to_mode, fit_seconds
from amt.model import Amt, Rhythm
from amt.model.decode import Sampling
from muvisync.chords import Key, denormalise, normalise
from muvisync.soundfont import Note

HOME = {"major": Key(0, "major"), "minor": Key(9, "minor")}
"""The keys that the mood chooses from: C major, A minor."""


@dataclass(frozen=True)
class Models:
    """The trained networks."""

    chords: Amt
    rhythm: Rhythm


@dataclass(frozen=True)
class Wish:
    """What a person may ask for.

    Attributes:
        key: of the music; None lets the video's mood choose.
        primer: the first chords, in that key.
        seed: the same seed gives the same music.
        temperature: below 1 more predictable, above 1 bolder.
    """

    key: Key | None = None
    primer: tuple[str, ...] = ()
    seed: int = 0
    temperature: float = 1.0


@dataclass(frozen=True)
class Piece:
    """The music of a video: chords in its key and the predicted note density and loudness, one a second; the notes."""

    duration: float
    key: Key
    chords: list[str]
    density: np.ndarray
    loudness: np.ndarray
    notes: list[Note]


def features_to_piece(models: Models, features: Features, duration: float, wish: Wish) -> Piece:
    """Compose for a video of `duration` seconds; the same arguments give the same piece."""
    features = fit_seconds(features, math.ceil(duration))
    key = wish.key or HOME[features_to_mode(features)]
    primer = [normalise(chord, key) for chord in wish.primer]
    sampled = features_to_chords(models.chords, features, key.mode, primer, Sampling(wish.temperature), [wish.seed])[0]
    chords = [denormalise(chord, key) for chord in resolve(sampled, key.mode, duration, kept=len(primer))]
    density, loudness = (values.numpy() for values in features_to_rhythm(models.rhythm, features))
    return Piece(duration, key, chords, density, loudness, chords_to_notes(chords, density, loudness, duration))
