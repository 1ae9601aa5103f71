"""What must hold for a list of notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from muvisync.soundfont import Note

SHORTEST = 0.03
"""Seconds; a note shorter than this is not heard as one."""


def clean_notes(notes: Iterable[Note], duration: float) -> list[Note]:
    """Notes in order of time, none beyond `duration` seconds; a pitch that sounds stops before it is struck again.

    Pitches are monophonic over all instruments: two of them on one pitch would be heard, and counted, as one.
    """
    ordered = sorted(replace(note, end=min(note.end, duration)) for note in notes)
    struck: dict[int, Note] = {}
    kept: list[Note] = []
    for note in reversed(ordered):  # from the end, so that the next stroke of each pitch is known
        after = struck.get(note.pitch)
        end = min(note.end, after.start) if after else note.end
        if end - note.start >= SHORTEST:
            struck[note.pitch] = replace(note, end=end)
            kept.append(struck[note.pitch])
    return sorted(kept)


def notes_to_density(notes: Iterable[Note], seconds: int) -> np.ndarray:
    """Notes sounding in each second: start < s + 1 and end > s (FACTS, note density); float32 (seconds,)."""
    density = np.zeros(seconds, np.float32)
    for note in notes:
        first, last = int(note.start), int(np.ceil(note.end))
        density[first : max(last, first + 1)] += 1
    return density
