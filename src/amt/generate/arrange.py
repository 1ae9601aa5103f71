"""Chords, note density and loudness of every second -> notes for a piano and a bass.

The number of notes in a second is the predicted density: it picks the level of the arpeggio (published: five levels,
computed from loudness by mistake), and what is left between two levels is filled with held chord tones.
At 120 beats a minute a second is two beats, so 2, 4 and 8 notes a second are quarters, eighths and sixteenths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from amt.generate.notes import clean_notes
from amt.generate.voicing import REST, arpeggio_tones, chord_to_bass, voice_chord
from muvisync.chords import NO_CHORD
from muvisync.soundfont import Note

TEMPO = 120.0
PIANO, BASS = "piano", "bass"
INSTRUMENTS = {PIANO: 0, BASS: 32}
"""General MIDI programs: acoustic grand piano, acoustic bass."""
_GAP = 0.02  # seconds between a note's end and the next second: it must not count there
_LEVELS = ((9, 8), (5, 4), (3, 2), (2, 1))  # from this many notes on, so many of them are the arpeggio
_ON_BEAT, _BETWEEN, _OFF = 1.0, 0.9, 0.82  # accents of beat, half beat, quarter beat
_RUN_STEP = 0.125  # seconds between the notes of the closing run
_LAST_CHORD = 0.85  # the last chord is a little softer, it ends the piece


class Pattern(NamedTuple):
    """How many notes a second has: of the bass (at most 2), of the held chord, of the arpeggio, of its second voice."""

    bass: int
    held: int
    arpeggio: int
    doubled: int


@dataclass(frozen=True)
class Hand:
    """Where the hands are: the voicing held last, the arpeggio's last tone and whether it is rising."""

    voicing: tuple[int, ...] = REST
    tone: int = 72
    rising: bool = True


def density_to_pattern(density: float, voices: int) -> Pattern:
    """The pattern that has as many notes as `density` says, from 1 to 18 + `voices` (the tones of the chord)."""
    count = max(1, round(density))
    arpeggio = next((steps for least, steps in _LEVELS if count >= least), 0)
    held = min(count - 1 - arpeggio, voices)
    low_bass = min(count - 1 - arpeggio - held, 1)
    doubled = min(count - 1 - arpeggio - held - low_bass, arpeggio)
    return Pattern(1 + low_bass, held, arpeggio, doubled)


def loudness_to_velocity(loudness: float, notes: int) -> int:
    """MIDI velocity of a second with `loudness` (RMS over full scale, 0-1) and so many `notes`.

    A synthesiser's amplitude is proportional to velocity and that of n notes to the square root of n; the power .5
    keeps quiet seconds audible (published: power .3, velocities 49 to 112).
    """
    share = math.sqrt(max(loudness, 0.0) / 0.5) * (6 / max(notes, 1)) ** 0.25
    return max(25, min(118, round(130 * share)))


def chords_to_notes(chords: list[str], density: np.ndarray, loudness: np.ndarray, duration: float) -> list[Note]:
    """Arrange one chord a second.

    Args:
        chords: labels in the key to be heard; "N" is a rest. The last one is struck once and held to the end.
        density, loudness: (seconds,) as predicted.
        duration: seconds; the last of the chords may be cut short by it.

    Returns:
        Notes in order of time, none beyond `duration`, no pitch twice at once.
    """
    hand, notes = Hand(), []
    last = closing_second(duration)
    for second, label in enumerate(chords[: last + 1]):
        if label == NO_CHORD:
            continue
        hand = Hand(voice_chord(label, hand.voicing), hand.tone, hand.rising)
        pattern = density_to_pattern(float(density[second]), len(hand.voicing))
        velocity = loudness_to_velocity(float(loudness[second]), sum(pattern))
        if second == last:
            notes += _last_chord(second, label, hand, sum(pattern), round(velocity * _LAST_CHORD), duration)
        else:
            played, hand = _play_second(second, label, hand, pattern, velocity)
            notes += played
    return clean_notes(notes, duration)


def closing_second(duration: float) -> int:
    """The second whose chord ends the piece: it sounds for at least one second where there is as much."""
    return max(0, math.floor(duration - 1))


def _play_second(second: int, label: str, hand: Hand, pattern: Pattern, velocity: int) -> tuple[list[Note], Hand]:
    end = second + 1 - _GAP
    root = chord_to_bass(label)
    notes = [Note(second, end, root, velocity, BASS)]
    if pattern.bass > 1:
        notes.append(Note(second + 0.5, end, root - 12, round(velocity * _BETWEEN), BASS))
    # the bass has the root: fewer held tones than voices leave out the lowest
    held = hand.voicing[len(hand.voicing) - pattern.held :]
    notes += [Note(second, end, pitch, round(velocity * _BETWEEN), PIANO) for pitch in held]
    arpeggio, hand = _arpeggiate(second, label, hand, pattern, velocity)
    return notes + arpeggio, hand


def _arpeggiate(second: int, label: str, hand: Hand, pattern: Pattern, velocity: int) -> tuple[list[Note], Hand]:
    tones, notes = arpeggio_tones(label), []
    step = 1 / pattern.arpeggio if pattern.arpeggio > 1 else 0.5
    tone, rising = hand.tone, hand.rising
    for number in range(pattern.arpeggio):
        tone, rising = _next_tone(tones, tone, rising)
        start = second + (0.5 if pattern.arpeggio == 1 else number * step)
        struck = [tone] if number >= pattern.doubled else [tone, _companion(tones, tone)]
        strength = max(1, round(velocity * _accent(start - second)))
        notes += [Note(start, second + 1 - _GAP, pitch, strength, PIANO) for pitch in struck]
    return notes, Hand(hand.voicing, tone, rising)


def _next_tone(tones: tuple[int, ...], tone: int, rising: bool) -> tuple[int, bool]:
    """The neighbouring chord tone in the direction of the walk, which turns at the ends of the register."""
    above, below = [t for t in tones if t > tone], [t for t in tones if t < tone]
    rising = bool(above) and (rising or not below)
    return (above[0] if rising else below[-1]), rising


def _companion(tones: tuple[int, ...], tone: int) -> int:
    """The second voice: two chord tones lower, a sixth or so, or higher at the bottom of the register."""
    place = tones.index(tone)
    return tones[place - 2] if place >= 2 else tones[place + 2]


def _accent(offset: float) -> float:
    if offset % 0.5 == 0:
        return _ON_BEAT
    return _BETWEEN if offset % 0.25 == 0 else _OFF


def _last_chord(second: int, label: str, hand: Hand, count: int, velocity: int, duration: float) -> list[Note]:
    """The bass and the whole chord, held to the end; notes beyond these are a run upwards that keeps ringing."""
    notes = [Note(second, duration, chord_to_bass(label), velocity, BASS)]
    notes += [Note(second, duration, pitch, velocity, PIANO) for pitch in hand.voicing]
    run = arpeggio_tones(label)[: max(0, count - len(notes))]
    softer = max(1, round(velocity * _OFF))
    return notes + [
        Note(second + (number + 1) * _RUN_STEP, duration, pitch, softer, PIANO) for number, pitch in enumerate(run)
    ]
