"""Chords and loudness of every second -> sound, in the way of Video2Music's program, written anew from its description.

FACTS.md, "From chords to sound, as published": 120 beats a minute, one chord a second (two beats), one piano, velocity
from 49 to 112, five levels of arpeggio by loudness, no bars, nothing at the cuts, no fade. Every note lasts a second,
those that begin late in it too. What it does to predictions before (no chord for more than 2 s) is left out: both
sides get the same chords.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from amt.generate.arrangement.notes import clean_notes
from muvisync.chords import NO_CHORD, chord_pitch_classes
from muvisync.soundfont import Note, play_notes

_PIANO = {"piano": 0}
_GAIN = -12.0  # dB
_LOUDEST = 50  # per cent of full scale
_SOFT, _HARD, _POWER = 49, 112, 0.3
_LEVELS = (6, 12, 18, 24)  # per cent: up to the first is level 0
_HALVES, _QUARTERS = (0.0, 0.5), (0.0, 0.25, 0.5, 0.75)
_STARTS = (_HALVES, _QUARTERS[:3], _QUARTERS, (0.0, 0.125, 0.25, 0.375, 0.5, 0.75), tuple(n / 8 for n in range(8)))
# tones by level, of the chord's even and odd seconds: 0 is the bass, then root, third and fifth
_TONES = (("01", "23"), ("012", "312"), ("0123", "2123"), ("012132", "101232"), ("01213212", "10123212"))
_BASS, _MIDDLE = 42, 55  # where the first chord lies


def play_published(chords: Sequence[str], loudness: np.ndarray, duration: float) -> np.ndarray:
    """Sound of one chord a second: float32 (samples, 2) at RATE, `duration` seconds, not clipped.

    Args:
        chords: labels in the key to be heard, one a second.
        loudness: (seconds,) as predicted, RMS over full scale.
    """
    audio = play_notes(chords_to_notes(chords, loudness, duration), duration, _PIANO, _GAIN)
    return audio / max(1.0, float(np.abs(audio).max(initial=0.0)))


def chords_to_notes(chords: Sequence[str], loudness: np.ndarray, duration: float) -> list[Note]:
    """The notes of one chord a second; arguments as in `play_published`."""
    notes, voicing = [], (_BASS, _MIDDLE)
    held = [number for _, run in groupby(chords) for number, _ in enumerate(run)]
    for second, (label, offset) in enumerate(zip(chords, held, strict=True)):
        if label == NO_CHORD:
            continue
        voicing = _voice(label, voicing)
        level, velocity = loudness_to_level(loudness[second]), loudness_to_velocity(loudness[second])
        for start, tone in zip(_STARTS[level], _TONES[level][offset % 2], strict=True):
            begin = second + start
            notes.append(Note(begin, begin + 1, voicing[int(tone)], velocity, "piano"))
    return clean_notes((note for note in notes if note.start < duration), duration)


def loudness_to_level(loudness: float) -> int:
    """Level 0 to 4 of the arpeggio: 2, 3, 4, 6 or 8 notes a second."""
    return int(np.searchsorted(_LEVELS, _per_cent(loudness)))


def loudness_to_velocity(loudness: float) -> int:
    """MIDI velocity from 49 to 112."""
    return round((_per_cent(loudness) / _LOUDEST) ** _POWER * (_HARD - _SOFT) + _SOFT)


def _per_cent(loudness: float) -> int:
    return min(max(int(100 * float(loudness)), 0), _LOUDEST)


def _voice(label: str, before: tuple[int, ...]) -> tuple[int, ...]:
    """Bass, root, third and fifth, each in the octave that is nearest to the chord before; sevenths are never heard."""
    root, third, fifth = chord_pitch_classes(label)[:3]
    middle = round(sum(before[1:]) / len(before[1:]))
    # a pull back to the register, or the voices wander over the keyboard
    bass, centre = (3 * before[0] + _BASS) // 4, (3 * middle + _MIDDLE) // 4
    return (_nearest(root, bass), *(_nearest(tone, centre) for tone in (root, third, fifth)))


def _nearest(pitch_class: int, to: int) -> int:
    return to - 6 + (pitch_class - to + 6) % 12
