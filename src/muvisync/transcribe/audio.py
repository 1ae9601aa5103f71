"""What can be said of the samples themselves: how long, how loud, silent or not; and pieces of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

RATE = 44100
"""Samples a second of the one decoding that everything is made from."""
MODEL_RATE = 22050
"""Samples a second that both models, of notes and of chords, were trained on."""
SLIVER_SECONDS = 0.05
SILENCE_PEAK = 1e-4
"""-80 dB: below it there is only the dither of an encoder."""
PIECE_SECONDS = 600.0


def count_seconds(duration: float) -> int:
    """Rows of a recording of `duration` seconds: the last partial second counts, a sliver under 50 ms does not."""
    return max(1, math.ceil(round(duration - SLIVER_SECONDS, 6)))


def audio_to_loudness(samples: np.ndarray, rate: int = RATE) -> np.ndarray:
    """RMS of each second over full scale (FACTS: each 1 s chunk over 32767, linear).

    Args:
        samples: (samples,) in [-1, 1] at `rate`; what is beyond is clipped, as in 16 bits.

    Returns:
        float64 (seconds,) in 0-1, 4 decimals; the last value covers the samples that are left.
    """
    full_scale = np.clip(samples, -1.0, 1.0).astype(np.float64)
    chunks = [full_scale[i * rate : (i + 1) * rate] for i in range(count_seconds(len(samples) / rate))]
    return np.array([round(float(np.sqrt(np.mean(chunk**2))), 4) if chunk.size else 0.0 for chunk in chunks])


def is_silent(samples: np.ndarray) -> bool:
    """Whether nothing in `samples` is above -80 dB."""
    return not samples.size or float(np.max(np.abs(samples))) < SILENCE_PEAK


def to_model_rate(samples: np.ndarray, rate: int = RATE) -> np.ndarray:
    """Resample (samples,) from `rate` to MODEL_RATE, float32."""
    import soxr

    return soxr.resample(samples, rate, MODEL_RATE).astype(np.float32, copy=False)


def split_evenly(samples: np.ndarray, rate: int, longest: float = PIECE_SECONDS) -> Iterator[tuple[float, np.ndarray]]:
    """Yield (start in seconds, samples) of the fewest even pieces no longer than `longest` seconds.

    The models' memory grows with length, the note search with its square; almost every song is one piece.
    """
    pieces = max(1, math.ceil(len(samples) / (longest * rate)))
    edges = [len(samples) * i // pieces for i in range(pieces + 1)]
    for start, end in pairwise(edges):
        yield start / rate, samples[start:end]
