"""Chords of a key: its tonic, its dominant, and one that can stand for another."""

from __future__ import annotations

from muvisync.chords import NO_CHORD, Key, chord_pitch_classes, denormalise

_TONIC = {"major": "C", "minor": "A:min"}
_DOMINANT = {"major": "G", "minor": "E"}  # with the leading note in minor too
_TRIADS = {
    "major": ("C", "D:min", "E:min", "F", "G", "A:min"),
    "minor": ("A:min", "C", "D:min", "E:min", "F", "G"),
}
_THIRD_DOWN = (8, 9)  # semitones up that are a third down


def tonic(key: Key) -> str:
    """The chord that a piece in `key` comes home to."""
    return denormalise(_TONIC[key.mode], key)


def dominant(key: Key) -> str:
    """The chord that asks for the tonic."""
    return denormalise(_DOMINANT[key.mode], key)


def relate_chord(label: str, key: Key, other_than: str) -> str:
    """A triad of `key` in place of `label`: another root, as many common tones as may be, best a third below.

    So C becomes A:min and A:min becomes F: substitution by a third, where two of three tones stay. A triad whose tones
    are all in the chord would not be heard as another; nor is one taken that is `other_than`. "N" stays "N".
    """
    if label == NO_CHORD:
        return label
    tones = chord_pitch_classes(label)

    def unlike(triad: str) -> tuple[int, bool]:
        classes = chord_pitch_classes(triad)
        return -len(set(classes) & set(tones)), (classes[0] - tones[0]) % 12 not in _THIRD_DOWN

    triads = [denormalise(triad, key) for triad in _TRIADS[key.mode]]
    heard = [t for t in triads if t != other_than and not set(chord_pitch_classes(t)) <= set(tones)]
    return min((t for t in heard if chord_pitch_classes(t)[0] != tones[0]), key=unlike)
