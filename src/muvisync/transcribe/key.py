"""The key of a recording, from its notes, its chroma and its chords together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from muvisync.chords import NO_CHORD, ROOTS, Key, chord_pitch_classes, split_chord
from muvisync.transcribe.harmony import Segment
from muvisync.transcribe.quiet import quiet

FIRST_CHORD, LAST_CHORD, BOTH_CHORDS = 0.02, 0.03, 0.1
"""Correlation that a key gains when the song begins, ends, does both on its tonic triad. Only the likeliest key and its
relative gain it: they have the same tones, and nothing else parts them."""
FEWEST_NOTES = 5
"""With fewer and no chord at all there is no tonality to speak of, only noise."""
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
    corpus (Music and Probability, 2007, table 6.1), as partitura has them. Profile and
    weights were chosen on 36 songs of the published release, by their chords alone: 33 keys as published (27 with the
    profiles of Krumhansl and Kessler). They have not been tried on songs that did not take part in the choice.

    Args:
        notes: NOTE array.
        chroma: (12,) from C.
        segments: chords in order of time.

    Returns:
        None when there is nothing to go by.
    """
    named = [segment.chord for segment in segments if segment.chord != NO_CHORD]
    if len(notes) < FEWEST_NOTES and not named:
        return None
    evidence = [notes_to_pitch_classes(notes), np.zeros(12) if chroma is None else chroma, _chord_tones(segments)]
    distribution = np.sum([part / part.sum() for part in evidence if part.sum() > 0], axis=0)
    if np.ptp(distribution) < 1e-9:
        return None  # all twelve alike: no correlation with anything
    scores = np.array([np.corrcoef(distribution, profile)[0, 1] for profile in _profiles()])
    scores += _tonic_hints(named, _KEYS[scores.argmax()])
    second, best = np.argsort(scores, kind="stable")[-2:]
    return KeyEstimate(_KEYS[best], round(float(scores[best] - scores[second]), 3))


def _tonic_hints(chords: list[str], likeliest: Key) -> np.ndarray:
    """(24,): what the first and the last chord add to the likeliest key and its relative."""
    hints = np.zeros(len(_KEYS))
    if chords:
        first, last = _tonic_of(chords[0]), _tonic_of(chords[-1])
        for key in (likeliest, _relative(likeliest)):
            begins, ends = first == key, last == key
            hints[_KEYS.index(key)] = FIRST_CHORD * begins + LAST_CHORD * ends + BOTH_CHORDS * (begins and ends)
    return hints


def _tonic_of(chord: str) -> Key | None:
    """The key in which this chord is at home, if it is a major or minor one."""
    root, quality = split_chord(chord)
    return Key(ROOTS.index(root), _MODES[quality]) if quality in _MODES else None


def _relative(key: Key) -> Key:
    return Key((key.tonic + 9) % 12, "minor") if key.mode == "major" else Key((key.tonic + 3) % 12, "major")


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
