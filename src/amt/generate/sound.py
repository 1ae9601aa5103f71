"""Notes to finished sound: played, faded out, as loud as it may be."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from amt.generate.arrange import INSTRUMENTS
from muvisync.files import temporary
from muvisync.soundfont import RATE, Note, play_notes

PEAK = 0.89
"""Full scale is 1; the rest is room for what AAC adds."""
_GAIN = -12  # dB: many notes at once do not clip before the peak is known
_FADE_SHARE, _LONGEST_FADE = 0.25, 1.5  # of the length, and in seconds


def notes_to_audio(notes: list[Note], duration: float) -> np.ndarray:
    """Play notes.

    Returns:
        float32 (samples, 2) at RATE, exactly `duration` seconds, peak at PEAK, faded out over its end.
    """
    audio = play_notes(notes, duration, INSTRUMENTS, _GAIN)
    finish(audio, duration)
    return audio


def finish(audio: np.ndarray, duration: float) -> None:
    """Fade the end out and scale the peak to PEAK, in place; silence stays silence. `audio` is float32 (samples, 2)."""
    count = min(round(min(_FADE_SHARE * duration, _LONGEST_FADE) * RATE), len(audio))
    audio[len(audio) - count :] *= np.cos(np.linspace(0, np.pi / 2, count, dtype=np.float32))[:, None]
    peak = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
    if peak > 0:
        audio *= np.float32(PEAK / peak)


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
