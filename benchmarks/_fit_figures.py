"""The figures of one clip: what the picture asked for against what is heard. A figure is (value, weight) or None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from benchmarks._fit_sync import MARGIN, chance_level, cuts_beats_iou, isolate, share_near
from muvisync.sample.check import compare_chords

DRAWS = 200
FIGURES = ("chords", "roots", "density", "loudness", "cuts on beats", "cuts on changes", "TBIoU")
Scores = dict[str, tuple[float, float] | None]
"""Value and weight of each of FIGURES; None where it is not defined. A clip's weight is its seconds or its cuts."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What the music should do.

    Attributes:
        duration: seconds; `cuts` seconds, all of the video.
        chords: (start, end, label) in seconds, in order.
        density, loudness: (seconds,) as predicted: notes sounding, RMS over full scale.
    """

    duration: float
    cuts: tuple[float, ...]
    chords: tuple[tuple[float, float, str], ...]
    density: np.ndarray
    loudness: np.ndarray


@dataclass(frozen=True, eq=False)
class Heard:
    """What was measured of the sound; as `Asked`, and the times (n,) of tracked beats.

    `downbeats` are the one thing that is not heard but said by whoever made the music.
    """

    chords: tuple[tuple[float, float, str], ...]
    density: np.ndarray
    loudness: np.ndarray
    beats: np.ndarray
    downbeats: np.ndarray

    @property
    def changes(self) -> np.ndarray:
        """Times of downbeats and of the changes between two chords heard, (n,)."""
        return np.concatenate([self.downbeats, find_changes(self.chords)])


def measure_fit(asked: Asked, heard: Heard) -> Scores:
    """All FIGURES of music set against what was asked for."""
    alone = isolate(asked.cuts, asked.duration)
    roots, chords = compare_chords(_named(asked.chords), _named(heard.chords))
    whole = int(asked.duration)
    return {
        "chords": _weighted(chords, asked.duration),
        "roots": _weighted(roots, asked.duration),
        "density": _weighted(follow(asked.density[:whole], heard.density[:whole]), 1.0),
        "loudness": _weighted(follow(asked.loudness[:whole], heard.loudness[:whole]), 1.0),
        "cuts on beats": _weighted(share_near(alone, heard.beats), len(alone)),
        "cuts on changes": _weighted(share_near(alone, heard.changes), len(alone)),
        "TBIoU": _weighted(cuts_beats_iou(asked.cuts, heard.beats, asked.duration), 1.0),
    }


def measure_chance(asked: Asked, heard: Heard, seed: int) -> Scores:
    """What the figures of the cuts would be if the cuts lay anywhere; the other FIGURES are None."""
    alone, end = isolate(asked.cuts, asked.duration), asked.duration
    span = (MARGIN, end - MARGIN, DRAWS, seed)
    beats, changes = (
        chance_level(partial(share_near, events=events), alone, *span) for events in (heard.beats, heard.changes)
    )
    iou = chance_level(lambda cuts: cuts_beats_iou(cuts, heard.beats, end), np.array(asked.cuts), 0.0, end, DRAWS, seed)
    scores = {"cuts on beats": _weighted(beats, len(alone)), "cuts on changes": _weighted(changes, len(alone))}
    return dict.fromkeys(FIGURES) | scores | {"TBIoU": _weighted(iou, 1.0)}


def find_changes(chords: Sequence[tuple[float, float, str]]) -> np.ndarray:
    """Times (n,) at which a chord follows another one."""
    return np.array([after[0] for before, after in pairwise(chords) if before[2] != after[2]], float)


def follow(asked: np.ndarray, heard: np.ndarray) -> float | None:
    """Pearson's correlation over the seconds that both have; None where the prediction never changes, there is nothing
    to follow; 0 where the sound doesn't change though it should."""
    count = min(len(asked), len(heard))
    asked, heard = np.asarray(asked[:count], float), np.asarray(heard[:count], float)
    if count < 2 or np.ptp(asked) == 0:
        return None
    return float(np.corrcoef(asked, heard)[0, 1]) if np.ptp(heard) else 0.0


def _named(chords: Sequence[tuple[float, float, str]]) -> list[dict]:
    return [{"start": start, "end": end, "chord": label} for start, end, label in chords]


def _weighted(value: float | None, weight: float) -> tuple[float, float] | None:
    return None if value is None else (value, float(weight))
