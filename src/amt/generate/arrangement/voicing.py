"""Chords to pitches: where each instrument plays them, moving as little as possible."""

from __future__ import annotations

from muvisync.chords import Key, chord_pitch_classes

LEAST_THIRD = 48
"""MIDI pitch (C3): below it only roots and fifths are played, closer intervals are mud."""
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_FIRST_GUIDES = (1, 2)  # of a chord's tones: third and fifth; the bass has the root


def chord_to_bass(label: str, low: int, high: int, previous: int | None = None) -> int:
    """The root of a chord (not "N") from `low` to `high`: the one nearest to the `previous` bass note.

    It stays within the lower octave and a half, where a root is heard as the bass; the first is near the middle of it.
    """
    root, high = chord_pitch_classes(label)[0], min(high, low + 18)
    before = (low + high) // 2 if previous is None else previous
    roots = [pitch for pitch in range(low, high + 1) if pitch % 12 == root]
    return min(roots, key=lambda pitch: (abs(pitch - before), pitch))


def voice_chord(label: str, low: int, high: int, previous: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The close position of a chord (not "N") from `low` to `high`, an octave or more, that moves least.

    Args:
        previous: the voicing before; where there is none, the middle of the range is aimed at.

    Returns:
        Pitches ascending, no pitch class twice, none below LEAST_THIRD but where the range leaves no choice.
    """
    before = previous or ((low + high) // 2,)
    positions = _close_positions(chord_pitch_classes(label), max(low, min(LEAST_THIRD, high - 11)), high)
    return min(positions, key=lambda pitches: (_movement(before, pitches), pitches))


def guide_tones(label: str, voicing: tuple[int, ...]) -> tuple[int, ...]:
    """The tones of a voicing that make a chord what it is: third (or what replaces it) and fifth."""
    guides = {chord_pitch_classes(label)[place] for place in _FIRST_GUIDES}
    return tuple(pitch for pitch in voicing if pitch % 12 in guides)


def chord_tones(label: str, low: int, high: int) -> tuple[int, ...]:
    """All tones of a chord from `low` to `high`, ascending."""
    classes = chord_pitch_classes(label)
    return tuple(pitch for pitch in range(low, high + 1) if pitch % 12 in classes)


def scale_tones(label: str, key: Key, low: int, high: int) -> tuple[int, ...]:
    """The tones of the key's scale and of a chord (not "N") from `low` to `high`, ascending.

    Beside a tone of the chord that is not in the scale the scale gives way, but for its tonic: with E major's G sharp
    in A minor there is no G.
    """
    chord, scale = set(chord_pitch_classes(label)), {(key.tonic + step) % 12 for step in _SCALES[key.mode]}
    beside = {(tone + step) % 12 for tone in chord - scale for step in (-1, 1)} - {key.tonic}
    return tuple(pitch for pitch in range(low, high + 1) if pitch % 12 in chord | (scale - beside))


def _close_positions(classes: tuple[int, ...], low: int, high: int) -> list[tuple[int, ...]]:
    close = [
        tuple(sorted(bottom + (pitch_class - bottom) % 12 for pitch_class in classes))
        for bottom in range(low, high + 1)
        if bottom % 12 in classes
    ]
    return [pitches for pitches in close if pitches[-1] <= high]


def _movement(before: tuple[int, ...], after: tuple[int, ...]) -> float:
    """Semitones that the voices move: each tone from the nearest tone before it, and the middle of the hand."""
    nearest = sum(min(abs(pitch - other) for other in before) for pitch in after)
    return nearest + abs(sum(before) / len(before) - sum(after) / len(after))
