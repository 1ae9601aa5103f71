"""The hand on the fader: a smooth gain that brings the music's loudness to what the lead sheet asks for."""

from __future__ import annotations

import numpy as np

from amt.generate.lead_sheet import LeadSheet
from muvisync.soundfont import RATE

_HOP = 0.05  # seconds between two points of the curve
_WINDOW = 1.0  # seconds that a loudness is measured over, as the per-second one that it is to follow
_SMOOTH = 0.25  # seconds, standard deviation: slow enough that no stroke is made or hidden by it
_REACH = 12.0  # dB that it goes up or down from its middle
_QUIET = 0.05  # of the median: what is softer is a rest, and not turned up
_POWER = 0.85  # of the predicted RMS: a little less contrast, or the softest would not be heard
_ROUNDS = 3


def follow_loudness(audio: np.ndarray, sheet: LeadSheet) -> np.ndarray:
    """The gain for `audio` (samples, 2), so that its RMS is in proportion to the sheet's loudness: float32 (samples,).

    A few rounds of: measure over a second around each point, correct what is missing, smooth.
    """
    from scipy.ndimage import gaussian_filter1d

    energy = _frame_energy(audio)
    if not energy.any():
        return np.ones(len(audio), np.float32)
    centres = (np.arange(len(energy)) + 0.5) * _HOP
    wanted = _rms(np.interp(centres, *_beat_loudness(sheet)) ** (2 * _POWER))
    decibels = np.zeros(len(energy))
    for _ in range(_ROUNDS):
        heard = _rms(energy * 10 ** (decibels / 10))
        heard = np.maximum(heard, _QUIET * np.median(heard[heard > 0]))
        missing = 20 * np.log10(np.maximum(wanted, 1e-3) / heard)
        decibels = decibels + gaussian_filter1d(missing, _SMOOTH / _HOP, mode="nearest")
        decibels = np.clip(decibels - np.median(decibels), -_REACH, _REACH)
    points = np.interp(np.arange(len(audio)) / RATE, centres, decibels).astype(np.float32)
    return np.power(np.float32(10), points / 20)


def _beat_loudness(sheet: LeadSheet) -> tuple[np.ndarray, np.ndarray]:
    times = sheet.grid.times
    return (times[:-1] + times[1:]) / 2, np.maximum(sheet.loudness.astype(np.float64), 0.0)


def _frame_energy(audio: np.ndarray) -> np.ndarray:
    """Mean square of the mono mix in each hop: float64 (hops,)."""
    hop = round(_HOP * RATE)
    pieces = (audio[start : start + hop].mean(1) for start in range(0, len(audio), hop))
    return np.array([float(np.mean(np.square(piece, dtype=np.float64))) for piece in pieces])


def _rms(energy: np.ndarray) -> np.ndarray:
    """Root of the mean energy over a second around each point."""
    from scipy.ndimage import uniform_filter1d

    return np.sqrt(np.maximum(uniform_filter1d(energy, round(_WINDOW / _HOP), mode="nearest"), 0.0))
