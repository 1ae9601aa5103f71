"""The chord vocabulary of MuVi-Sync: no chord, and 12 roots x 13 qualities (FACTS: 159 ids with END and PAD).

Labels follow Harte et al. (ISMIR 2005) with sharps only; a major triad is written as its bare root ("C", "F#:min7").
Ids are those of the published release: N = 0, C = 1, C:dim = 2, ... B:maj7 = 156, END = 157, PAD = 158.
"""

from __future__ import annotations

import re
from typing import NamedTuple

ROOTS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
INTERVALS: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "dim": (0, 3, 6),
    "sus4": (0, 5, 7),
    "min7": (0, 3, 7, 10),
    "min": (0, 3, 7),
    "sus2": (0, 2, 7),
    "aug": (0, 4, 8),
    "dim7": (0, 3, 6, 9),
    "maj6": (0, 4, 7, 9),
    "hdim7": (0, 3, 6, 10),
    "7": (0, 4, 7, 10),
    "min6": (0, 3, 7, 9),
    "maj7": (0, 4, 7, 11),
}
"""Semitones above the root of each quality, in the order of the published vocabulary."""
QUALITIES = tuple(INTERVALS)

NO_CHORD = "N"
CHORDS = (NO_CHORD, *(root if quality == "maj" else f"{root}:{quality}" for root in ROOTS for quality in QUALITIES))
END, PAD = len(CHORDS), len(CHORDS) + 1
VOCABULARY_SIZE = PAD + 1

_IDS = {label: index for index, label in enumerate(CHORDS)}
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_PITCH = re.compile(r"([A-Ga-g])([#b]*)")
_KEY = re.compile(r"\s*([A-Ga-g][#b]?)[\s:]*(major|maj|minor|min|m)?\s*", re.IGNORECASE)
_CHORD_SUFFIXES = {"": "maj", "m": "min", "m7": "min7", "m6": "min6", "6": "maj6", "M7": "maj7", "ø": "hdim7"} | {
    quality: quality for quality in QUALITIES
}


class Key(NamedTuple):
    """A key: `tonic` as a pitch class (0 = C), `mode` "major" or "minor"."""

    tonic: int
    mode: str

    def __str__(self) -> str:
        return f"{ROOTS[self.tonic]} {self.mode}"


def parse_pitch_class(text: str) -> int:
    """Pitch class 0-11 of a note name such as "Bb" or "F#". Raises ValueError."""
    match = _PITCH.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a note name; write one such as C, F# or Bb")
    letter, accidentals = match.groups()
    return (_NATURALS[letter.upper()] + accidentals.count("#") - accidentals.count("b")) % 12


def parse_key(text: str) -> Key:
    """Read a key such as "A minor", "Eb major", "F#:min" or "C" (major). Raises ValueError."""
    match = _KEY.fullmatch(text)
    if not match:
        raise ValueError(f'{text!r} is not a key; write one such as "A minor" or "Eb major"')
    name, mode = match.groups()
    minor = mode is not None and (mode == "m" or mode.lower().startswith("min"))
    return Key(parse_pitch_class(name), "minor" if minor else "major")


def chord_to_id(label: str) -> int:
    """Id 0-156 of a vocabulary label. Raises ValueError for any other text."""
    if label not in _IDS:
        raise ValueError(f"{label!r} is not one of the {len(CHORDS)} chord labels; write N, or a root and a quality")
    return _IDS[label]


def id_to_chord(index: int) -> str:
    """Label of id 0-156. Raises ValueError for END, PAD and anything else."""
    if not 0 <= index < len(CHORDS):
        raise ValueError(f"{index} is not a chord id (0 to {len(CHORDS) - 1})")
    return CHORDS[index]


def split_chord(label: str) -> tuple[str, str]:
    """Root and quality of a label: "A:min7" -> ("A", "min7"), "C" -> ("C", "maj"), "N" -> ("N", "N")."""
    if label == NO_CHORD:
        return NO_CHORD, NO_CHORD
    root, _, quality = label.partition(":")
    return root, quality or "maj"


def join_chord(root: int, quality: str) -> str:
    """Label of a root (pitch class, any integer) and a quality."""
    name = ROOTS[root % 12]
    return name if quality == "maj" else f"{name}:{quality}"


def parse_chord(text: str) -> str:
    """Read a chord as people write it ("Am", "Bb", "F#m7", "C:maj7") into a vocabulary label. Raises ValueError."""
    text = text.strip()
    if text == NO_CHORD:
        return NO_CHORD
    match = re.fullmatch(r"([A-G][#b]?):?(.*)", text)
    if not match or match[2] not in _CHORD_SUFFIXES:
        raise ValueError(f"{text!r} is not a chord we know; write one such as Am, F, G7, Bb:maj7 or N")
    return join_chord(parse_pitch_class(match[1]), _CHORD_SUFFIXES[match[2]])


def chord_pitch_classes(label: str) -> tuple[int, ...]:
    """Pitch classes of a label, the root first; none for "N"."""
    if label == NO_CHORD:
        return ()
    root, quality = split_chord(label)
    return tuple((ROOTS.index(root) + interval) % 12 for interval in INTERVALS[quality])


def transpose(label: str, semitones: int) -> str:
    """The label moved by `semitones`; "N" stays "N"."""
    if label == NO_CHORD:
        return label
    root, quality = split_chord(label)
    return join_chord(ROOTS.index(root) + semitones, quality)


def normalise(label: str, key: Key) -> str:
    """Transpose a chord from `key` to C major or A minor."""
    return transpose(label, _home(key) - key.tonic)


def denormalise(label: str, key: Key) -> str:
    """Transpose a chord from C major or A minor to `key`."""
    return transpose(label, key.tonic - _home(key))


def _home(key: Key) -> int:
    return 9 if key.mode == "minor" else 0
