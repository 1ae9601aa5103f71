"""How much of a recording sounds like somebody talking, told from how its loudness moves.

Speech comes in syllables, three to six a second, with gaps between them; music holds its notes. Two old measures of
this, both from a spectrogram alone, must agree: the modulation energy around 4 Hz (Scheirer and Slaney, ICASSP 1997)
and the share of frames much quieter than the mean (low short-time energy ratio; Lu, Zhang and Jiang, IEEE TSAP 2002).
They hear speech that stands alone: speech over music counts as music, and a lone drum may count as speech.

Measured: people and synthesisers talking (seven recordings, English, French, German) .97 to 1; two pieces of music .01
and .02; two film trailers, music with some words, .06; the music of the twelve sample clips 0 to .03.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from muvisync.transcribe.audio import MODEL_RATE

WINDOW_SECONDS, STEP_SECONDS = 3, 1
SOUND_RMS = 0.005
"""-46 dB: quieter windows are silence and count neither way."""
QUIET_SHARE = 0.3
MODULATION = 0.08
"""Both thresholds lie between what was measured: windows of speech .33 to .66 and .11 to .56, of music .00 to .27 and
.00 to .14 (10th to 90th percentile), seldom both high together."""
_FRAME, _HOP = 512, 256  # samples at MODEL_RATE
_SYLLABLES = (2.5, 7.0)  # Hz
_LOWEST, _HIGHEST, _BANDS = 200.0, 6000.0, 18  # Hz, and number of bands of equal ratio
_TINY = 1e-9


def audio_to_speech(samples: np.ndarray) -> float | None:
    """Share of the windows with sound that are likelier speech than music, 0-1; None where nothing is heard.

    Args:
        samples: (samples,) mono in [-1, 1] at MODEL_RATE.
    """
    found = [
        is_speech(window)
        for window in _windows(samples)
        if np.sqrt(np.mean(window.astype(np.float64) ** 2)) >= SOUND_RMS
    ]
    return round(sum(found) / len(found), 4) if found else None


def is_speech(window: np.ndarray) -> bool:
    """Whether a window, (samples,) at MODEL_RATE, moves as speech does."""
    energy, bands = _envelopes(window)
    quiet = float(np.mean(energy < 0.5 * energy.mean()))
    return quiet > QUIET_SHARE and _modulation(bands) > MODULATION


def _windows(samples: np.ndarray) -> list[np.ndarray]:
    length, step = WINDOW_SECONDS * MODEL_RATE, STEP_SECONDS * MODEL_RATE
    last = max(0, len(samples) - length)
    pieces = [samples[start : start + length] for start in range(0, last + 1, step)]
    return [piece for piece in pieces if len(piece) >= MODEL_RATE]  # a second has too few syllables to tell


def _envelopes(window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude of each frame, (frames,), and of each band of each frame, (frames, bands)."""
    frames = np.lib.stride_tricks.sliding_window_view(window, _FRAME)[::_HOP] * np.hanning(_FRAME)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = np.geomspace(_LOWEST, _HIGHEST, _BANDS + 1)
    places = np.searchsorted(np.fft.rfftfreq(_FRAME, 1 / MODEL_RATE), edges)
    bands = [power[:, low:high].sum(1) for low, high in pairwise(places) if high > low]
    return np.sqrt(power.sum(1)), np.sqrt(np.stack(bands, axis=1))


def _modulation(bands: np.ndarray) -> float:
    """Energy of the bands' envelopes, each over its mean, at the rate of syllables; the mean of all bands."""
    relative = bands / (bands.mean(0) + _TINY)
    moving = (relative - relative.mean(0)) * np.hanning(len(relative))[:, None]
    rates = np.fft.rfftfreq(len(relative), _HOP / MODEL_RATE)
    spectrum = np.abs(np.fft.rfft(moving, axis=0)) ** 2
    syllables = (rates >= _SYLLABLES[0]) & (rates < _SYLLABLES[1])
    return float(spectrum[syllables].sum(0).mean() / len(relative) ** 2)
