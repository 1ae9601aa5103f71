"""Finished sound: how loud it is, second by second, and as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from muvisync.files import temporary
from muvisync.soundfont import RATE


def audio_to_loudness(audio: np.ndarray) -> np.ndarray:
    """RMS over full scale of each second of the mono mix; the last second may be short. float32 (seconds,)."""
    mono = audio.mean(axis=1, dtype=np.float64)
    chunks = (mono[start : start + RATE] for start in range(0, len(mono), RATE))
    return np.array([np.sqrt(np.mean(chunk**2)) for chunk in chunks], np.float32)


def write_wav(audio: np.ndarray, path: Path) -> None:
    """Write float audio in [-1, 1], (samples, 2), as 16-bit PCM."""
    import soundfile

    with temporary(path) as draft:
        soundfile.write(str(draft), audio, RATE, subtype="PCM_16", format="WAV")
