"""Chords to pitches: where each instrument plays them, moving as little as possible."""

from __future__ import annotations

from muvisync.chords import chord_pitch_classes

BASS_LOW, BLOCK_LOW, BLOCK_HIGH, ARPEGGIO_LOW, ARPEGGIO_HIGH = 40, 52, 68, 69, 88
"""MIDI pitches. The registers do not overlap, so no pitch is ever played by two hands at once."""
REST = ((BLOCK_LOW + BLOCK_HIGH) // 2,)
"""The voicing that stands before the first chord: its middle is where the first one lies."""


def chord_to_bass(label: str) -> int:
    """The root of a chord (not "N") in the octave from E2 upwards; an octave lower is still a bass note."""
    return BASS_LOW + (chord_pitch_classes(label)[0] - BASS_LOW) % 12


def voice_chord(label: str, previous: tuple[int, ...]) -> tuple[int, ...]:
    """The close position of a chord (not "N") that moves least from the `previous` voicing; pitches ascending."""
    classes = chord_pitch_classes(label)
    positions = [_close_position(low, classes) for low in range(BLOCK_LOW, BLOCK_HIGH) if low % 12 in classes]
    fitting = [pitches for pitches in positions if pitches[-1] <= BLOCK_HIGH]
    return min(fitting, key=lambda pitches: (_movement(previous, pitches), pitches))


def arpeggio_tones(label: str) -> tuple[int, ...]:
    """All chord tones of the arpeggio's register, ascending."""
    classes = chord_pitch_classes(label)
    return tuple(pitch for pitch in range(ARPEGGIO_LOW, ARPEGGIO_HIGH + 1) if pitch % 12 in classes)


def _close_position(low: int, classes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(low + (pitch_class - low) % 12 for pitch_class in classes))


def _movement(before: tuple[int, ...], after: tuple[int, ...]) -> float:
    """Semitones that the voices move: each tone from the nearest tone before it, and the middle of the hand."""
    nearest = sum(min(abs(pitch - other) for other in before) for pitch in after)
    return nearest + abs(sum(before) / len(before) - sum(after) / len(after))
