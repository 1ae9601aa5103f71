"""What is heard in a sound: the stage `transcribe`, and the beats that librosa's tracker finds.

The recogniser's frames are 23 ms (512 samples at 22,050 Hz), finer than the 70 ms that are asked for, so the times of
chord changes are those of its segments, before they are reduced to seconds. `python -m benchmarks fit` prints how late
it hears a change, and the tracker a beat (at first: 31 and 35 ms, medians); nothing is corrected for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks._fit_figures import Heard
from muvisync.ffmpeg import decode_audio
from muvisync.params import TranscribeParams
from muvisync.transcribe.audio import MODEL_RATE, RATE, to_model_rate
from muvisync.transcribe.notes import notes_to_note_density
from muvisync.transcribe.quiet import libraries
from muvisync.transcribe.transcription import transcribe

_HOP = 256  # samples, 12 ms


def read_sound(path: Path) -> np.ndarray:
    """The mono mix as `transcribe` hears it: float32 (samples,) at RATE."""
    return decode_audio(path, RATE)


def hear(samples: np.ndarray, downbeats: Sequence[float], params: TranscribeParams) -> Heard:
    """Measure (samples,) mono at RATE; `downbeats`, seconds, are taken as they are said."""
    found = transcribe(samples, params)
    return Heard(
        chords=tuple((segment.start, segment.end, segment.chord) for segment in found.segments),
        density=notes_to_note_density(found.notes, found.seconds),
        loudness=found.loudness,
        beats=track_beats(samples),
        downbeats=np.asarray(downbeats, float),
    )


def track_beats(samples: np.ndarray) -> np.ndarray:
    """Times of the beats in (samples,) at RATE, seconds: Ellis 2007 as librosa has it, with its own settings."""
    with libraries():
        import librosa

        found = librosa.beat.beat_track(y=to_model_rate(samples), sr=MODEL_RATE, hop_length=_HOP, units="time")[1]
    return np.asarray(found, float)


def fit_length(samples: np.ndarray, downbeats: Sequence[float], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Music and its downbeats cut or repeated from its beginning to `count` samples."""
    seconds, times = len(samples) / RATE, np.asarray(downbeats, float)
    rounds = -(-count // len(samples))
    repeated = (times + np.arange(rounds)[:, None] * seconds).ravel()
    return np.resize(samples, count), repeated[repeated < count / RATE]
