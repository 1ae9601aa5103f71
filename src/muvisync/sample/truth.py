"""What is true of a clip, second by second, computed from what was composed, rendered and drawn."""

from __future__ import annotations

import math

import numpy as np

from muvisync.sample.compose import FPS, Composition
from muvisync.soundfont import DRUMS, RATE, Note


def notes_to_density(notes: list[Note], seconds: int) -> list[int]:
    """Pitched notes sounding in each second: start < s + 1 and end > s (Kang et al.'s note density)."""
    pitched = [note for note in notes if note.instrument != DRUMS]
    return [sum(note.start < s + 1 and note.end > s for note in pitched) for s in range(seconds)]


def audio_to_loudness(audio: np.ndarray) -> list[float]:
    """Linear RMS (0-1, 4 decimals) of each second of the mono mix of (samples, 2) at RATE; the last may be short."""
    mono = audio.mean(axis=1, dtype=np.float64)
    chunks = (mono[start : start + RATE] for start in range(0, len(mono), RATE))
    return [round(float(np.sqrt(np.mean(chunk**2))), 4) for chunk in chunks]


def composition_to_truth(composition: Composition, notes: list[Note], audio: np.ndarray, motion: list[float]) -> dict:
    """The truth as a JSON value: key, chords, cuts and moods in seconds, notes, and lists with an entry a second."""
    seconds = math.ceil(composition.frames / FPS)
    return {
        "index": composition.index,
        "duration": round(composition.frames / FPS, 3),
        "key": str(composition.key),
        "tempo": round(60 * FPS / composition.beat, 3),
        "cuts": [round(cut, 3) for cut in composition.cuts],
        "chords": [_span(chord) | {"chord": chord.label} for chord in composition.chords],
        "moods": [_span(scene) | {"mood": scene.mood} for scene in composition.scenes],
        "per_second": {
            "mood": moods_per_second(composition, seconds),
            "note_density": notes_to_density(notes, seconds),
            "loudness": audio_to_loudness(audio),
            "motion": [round(value, 3) for value in motion],
        },
        "notes": [
            {
                "start": round(note.start, 3),
                "end": round(note.end, 3),
                "pitch": note.pitch,
                "velocity": note.velocity,
                "instrument": note.instrument,
            }
            for note in notes
        ],
    }


def moods_per_second(composition: Composition, seconds: int) -> list[str]:
    """Mood of the frame that stands for each second: the first one at or after it, as the video stage samples."""
    frames = [min(second * FPS, composition.frames - 1) for second in range(seconds)]
    return [next(scene.mood for scene in composition.scenes if scene.end > frame) for frame in frames]


def _span(part: object) -> dict[str, float]:
    return {"start": round(part.start / FPS, 3), "end": round(part.end / FPS, 3)}
