"""How loud a sound is, in all (BS.1770) and from second to second, its true peak, and a limiter that looks ahead."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from muvisync.soundfont import RATE

CEILING = -1.2
"""dBTP that the limiter keeps; between its samples a little is left to -1."""
_BLOCK = 0.4  # seconds that the loudness is gated in (BS.1770-4); no shorter sound can be measured
_OVERSAMPLING = 4  # of the true peak (BS.1770-4, annex 2)
_CHUNK, _MARGIN = 2**19, 64  # samples worked on at once, and of their neighbours that the filter needs
_LOOK_AHEAD = 0.015  # seconds


def integrated_loudness(audio: np.ndarray) -> float:
    """LUFS of (samples, 2) at RATE; -inf for silence. A sound too short for a block is measured as repeated."""
    import pyloudnorm

    if not len(audio):
        return -math.inf
    if len(audio) < 2 * _BLOCK * RATE:
        audio = np.tile(audio, (math.ceil(2 * _BLOCK * RATE / len(audio)), 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(pyloudnorm.Meter(RATE).integrated_loudness(audio))


def audio_to_loudness(audio: np.ndarray) -> np.ndarray:
    """RMS over full scale of each second of the mono mix; the last second may be short. float32 (seconds,)."""
    mono = audio.mean(axis=1, dtype=np.float64)
    chunks = (mono[start : start + RATE] for start in range(0, len(mono), RATE))
    return np.array([np.sqrt(np.mean(chunk**2)) for chunk in chunks], np.float32)


def true_peak(audio: np.ndarray) -> float:
    """The true peak of (samples, 2) in dBTP; -inf for silence."""
    peak = float(true_peaks(audio).max(initial=0.0))
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def true_peaks(audio: np.ndarray) -> np.ndarray:
    """The highest absolute value at or right after each sample, of both channels: float32 (samples,)."""
    return np.concatenate([*_peaks(audio), np.zeros(0, np.float32)])


def limiter_gain(peaks: np.ndarray, gain: float) -> np.ndarray:
    """The gain, at most 1, that keeps a sound of such `true_peaks`, times `gain`, below the ceiling.

    The least gain within reach, averaged twice over that reach: it is down before the peak comes, without a click.

    Returns:
        float32 (samples,).
    """
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    needed = np.minimum(1.0, np.float32(10 ** (CEILING / 20) / gain) / np.maximum(peaks, 1e-9))
    if needed.min(initial=1.0) >= 1:
        return needed
    reach = round(_LOOK_AHEAD * RATE)
    least = minimum_filter1d(needed, 2 * reach + 1, mode="nearest")
    return uniform_filter1d(uniform_filter1d(least, reach, mode="nearest"), reach, mode="nearest")


def _peaks(audio: np.ndarray) -> Iterator[np.ndarray]:
    from scipy.signal import resample_poly

    for start in range(0, len(audio), _CHUNK):
        before = min(start, _MARGIN)
        piece = audio[start - before : start + _CHUNK + _MARGIN]
        finer = np.abs(resample_poly(piece, _OVERSAMPLING, 1, axis=0)).max(1)
        highest = finer.reshape(-1, _OVERSAMPLING).max(1)
        yield highest[before : before + min(_CHUNK, len(audio) - start)].astype(np.float32, copy=False)
