"""The beats, bars and sections of a piece: an elastic tempo that meets the video's cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cut:
    """A cut of the video.

    Attributes:
        time: seconds.
        beat: the beat that lies on it, None where the music passes over it.
    """

    time: float
    beat: int | None


@dataclass(frozen=True, eq=False)
class Grid:
    """When each beat falls. Beat 0 is at 0 s and the last time is the end of the video, so that the piece fits exactly.

    Attributes:
        times: float64 (beats + 1,) seconds, ascending; `times[b]` is the start of beat b, `times[-1]` the duration.
        bars: first beat of each bar, ascending, from 0; a bar has mostly four beats, others where a cut asks for it.
        sections: first beat of each section, ascending, from 0, each the first of a bar; sections follow scenes.
        cuts: all cuts of the video, in order.
    """

    times: np.ndarray
    bars: tuple[int, ...]
    sections: tuple[int, ...]
    cuts: tuple[Cut, ...]

    @property
    def beats(self) -> int:
        """Number of beats."""
        return len(self.times) - 1

    @property
    def final(self) -> int:
        """The beat from which on the last chord rings: the last bar's first, or the middle one of a single bar."""
        return self.bars[-1] or self.beats // 2

    @property
    def duration(self) -> float:
        """Seconds."""
        return float(self.times[-1])

    @property
    def tempo(self) -> float:
        """Mean beats a minute."""
        return 60 * self.beats / self.duration
