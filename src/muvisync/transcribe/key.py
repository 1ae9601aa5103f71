"""The key of a recording, from its notes, its chroma and its chords together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from muvisync.chords import NO_CHORD, ROOTS, Key, chord_pitch_classes, split_chord
from muvisync.transcribe.harmony import Segment
from muvisync.transcribe.quiet import quiet

FIRST_CHORD, LAST_CHORD = 0.02, 0.03
"""Correlation added to the key whose tonic is the first, the last chord: enough to part relatives, no more."""
_MODES = {"maj": "major", "maj6": "major", "maj7": "major", "min": "minor", "min6": "minor", "min7": "minor"}
_KEYS = tuple(Key(tonic, mode) for mode in ("major", "minor") for tonic in range(12))


@dataclass(frozen=True)
class KeyEstimate:
    """The likeliest key, and how far its score is above the second's (0: undecided; .2 and more: clear)."""

    key: Key
    confidence: float


def notes_to_key(
    notes: np.ndarray, chroma: np.ndarray | None = None, segments: list[Segment] | tuple[Segment, ...] = ()
) -> KeyEstimate | None:
    """Estimate the key by Krumhansl's method: correlation of pitch-class durations with the profile of each key.

    The distribution is the mean of what notes, chroma and chords say; the profiles are Temperley's for the Kostka-Payne
    corpus (Music and Probability, 2007, table 6.1), as partitura has them. On 36 songs of the published release, by
    their chords alone, 33 keys are as published (27 with the profiles of Krumhansl and Kessler).

    Args:
        notes: NOTE array.
        chroma: (12,) from C.
        segments: chords in order of time.

    Returns:
        None when there is nothing to go by.
    """
    evidence = [notes_to_pitch_classes(notes), np.zeros(12) if chroma is None else chroma, _chord_tones(segments)]
    shares = [part / part.sum() for part in evidence if part.sum() > 0]
    total = np.sum(shares, axis=0)
    if not shares or np.ptp(total) < 1e-9:
        return None
    scores = np.array([np.corrcoef(total, profile)[0, 1] for profile in _profiles()])
    named = [segment.chord for segment in segments if segment.chord != NO_CHORD]
    for chord, weight in zip((named[0], named[-1]) if named else (), (FIRST_CHORD, LAST_CHORD), strict=False):
        root, quality = split_chord(chord)
        if quality in _MODES:
            scores[_KEYS.index(Key(ROOTS.index(root), _MODES[quality]))] += weight
    second, best = np.argsort(scores, kind="stable")[-2:]
    return KeyEstimate(_KEYS[best], round(float(scores[best] - scores[second]), 3))


def notes_to_pitch_classes(notes: np.ndarray) -> np.ndarray:
    """Seconds times velocity of each pitch class, (12,) from C."""
    return np.bincount(notes["pitch"] % 12, weights=(notes["end"] - notes["start"]) * notes["velocity"], minlength=12)


def _chord_tones(segments: list[Segment] | tuple[Segment, ...]) -> np.ndarray:
    seconds = np.zeros(12)
    for segment in segments:
        seconds[list(chord_pitch_classes(segment.chord))] += segment.end - segment.start
    return seconds


@cache
def _profiles() -> np.ndarray:
    """(24, 12): the twelve major keys from C, then the minor ones."""
    with quiet():
        from partitura.musicanalysis.key_identification import KOSTKA_PAYNE
    return KOSTKA_PAYNE
