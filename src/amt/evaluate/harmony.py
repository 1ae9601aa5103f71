"""How far apart two chords are to the ear."""

from __future__ import annotations

import numpy as np

from muvisync.chords import CHORDS, chord_pitch_classes

_CIRCLES = ((7 / 6, 1.0), (3 / 2, 1.0), (2 / 3, 0.5))  # fifths, minor thirds, major thirds: turn of a semitone, radius


def _tonal_centroids() -> np.ndarray:
    """Place of every chord in the tonal space of Harte, Sandler and Gasser (2006), (chords, 6); "N" has none: NaN.

    A pitch class stands on three circles, which are the Tonnetz rolled up; a chord is the mean of its pitch classes.
    """
    classes = np.arange(12)
    circles = [(r * np.sin(turn * np.pi * classes), r * np.cos(turn * np.pi * classes)) for turn, r in _CIRCLES]
    places = np.concatenate(circles).T
    return np.array([places[[*members]].mean(axis=0) if members else [np.nan] * 6 for members in _members()])


def _members() -> list[tuple[int, ...]]:
    return [chord_pitch_classes(chord) for chord in CHORDS]


_centroids = _tonal_centroids()
TONAL_DISTANCES = np.linalg.norm(_centroids[:, None] - _centroids, axis=-1)
"""Tonal distance of chord ids, (chords, chords); 0 for the same notes, NaN where one is "N"."""
