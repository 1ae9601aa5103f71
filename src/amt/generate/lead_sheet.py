"""What is to be played, before anybody plays it: chords on a grid, and how dense, how loud and in what mood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from amt.generate.grid import Grid
from muvisync.chords import Key


class ChordSpan(NamedTuple):
    """A chord from `beat` on, for `beats` beats; `label` in the key to be heard, "N" is a rest."""

    beat: int
    beats: int
    label: str


@dataclass(frozen=True, eq=False)
class LeadSheet:
    """A piece before its arrangement.

    Attributes:
        chords: cover all beats of the grid, in order, neighbours differ.
        density: float32 (beats,), notes that should sound in a second around the beat.
        loudness: float32 (beats,), RMS over full scale that it should have, 0-1, relative to the rest of the piece.
        moods: of each section of the grid, the strongest of `muvisync.schema.EMOTIONS`.
    """

    key: Key
    grid: Grid
    chords: tuple[ChordSpan, ...]
    density: np.ndarray
    loudness: np.ndarray
    moods: tuple[str, ...]
