"""Music whose notes are known: plucked tones, added up from harmonics."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from muvisync.params import TranscribeParams
from muvisync.transcribe.audio import RATE

Play = Callable[[Sequence[tuple[float, float, int]], float], np.ndarray]


@pytest.fixture(scope="session")
def params() -> TranscribeParams:
    return TranscribeParams(onset_threshold=0.5, frame_threshold=0.3, minimum_note_ms=127.7, failure_budget=0.0)


def tone(pitch: int, seconds: float) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    harmonics = sum(np.sin(2 * np.pi * hertz * n * times) * 0.5 ** (n - 1) for n in range(1, 7))
    ends = np.minimum(1, np.minimum(times / 0.005, (seconds - times) / 0.02))
    return harmonics * np.exp(-times) * ends


@pytest.fixture(scope="session")
def play() -> Play:
    """(start, end, pitch) of each note and the length in seconds -> samples at RATE, peak .8."""

    def sound(notes: Sequence[tuple[float, float, int]], seconds: float) -> np.ndarray:
        samples = np.zeros(round(seconds * RATE))
        for start, end, pitch in notes:
            first = round(start * RATE)
            part = tone(pitch, end - start)[: len(samples) - first]
            samples[first : first + len(part)] += part
        return (0.8 * samples / np.abs(samples).max()).astype(np.float32)

    return sound


@pytest.fixture(scope="session")
def cadence(play: Play) -> np.ndarray:
    """A minor, F, C, G, A minor, 2 s each: bass, and a triad struck every second."""
    chords = ((45, 57, 60, 64), (41, 57, 60, 65), (48, 55, 60, 64), (43, 55, 59, 62), (45, 57, 60, 64))
    struck = [
        (i * 2.0 + half, i * 2.0 + half + 0.98, pitch) for i, c in enumerate(chords) for half in (0, 1) for pitch in c
    ]
    return play(struck, 10.0)
