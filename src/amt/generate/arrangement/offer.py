"""What the players would play, and in which order it is given up where it would be too much."""

from __future__ import annotations

from typing import NamedTuple

from muvisync.soundfont import Note

ALWAYS, PULSE, CHORD, PAD, RESTRIKE, FIGURE, SECOND, FILL = range(8)
GUIDE = 0.5
"""Ranks: what is always played (the bass, and guide tones at a change, which are only held as long as there is room),
one stroke on each beat and the melody, the rest of the chord, held pads, chords struck again, arpeggios, a second chord
instrument, and what only fills dense seconds."""


class Offer(NamedTuple):
    """A note that may be played; the lower `rank`, the sooner. `force` is its share of the beat's velocity."""

    rank: float
    start: float
    end: float
    pitch: int
    instrument: str
    force: float

    def to_note(self) -> Note:
        """With the force as velocity; the dynamics come later."""
        return Note(self.start, self.end, self.pitch, max(1, min(127, round(100 * self.force))), self.instrument)


def weakness(position: float) -> float:
    """How weak a place within a beat is, 0 to .9: the beat, its half, quarters, others."""
    for rank, parts in enumerate((1, 2, 4)):
        if abs(position * parts - round(position * parts)) < 1e-6:
            return 0.3 * rank
    return 0.9
