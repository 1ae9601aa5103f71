"""What was asked for and what was made, second by second, and the figures of a piece."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from amt.generate.arrange import TEMPO
from amt.generate.compose import Piece
from amt.generate.notes import notes_to_density
from amt.generate.sound import audio_to_loudness

SILENCE = -120.0  # dBFS, stands for digital silence


def piece_to_timeline(piece: Piece, audio: np.ndarray, seed: int) -> dict:
    """Per second: chord, density and loudness as predicted and as realised in notes and in sound; key, seed, tempo."""
    seconds = len(piece.chords)
    realised, heard = np.zeros(seconds), audio_to_loudness(audio)
    realised[: len(heard)] = heard  # the last sliver of a second may hold no sample
    return {
        "duration": round(piece.duration, 3),
        "key": str(piece.key),
        "tempo": TEMPO,
        "seed": seed,
        "notes": len(piece.notes),
        "per_second": {
            "chord": piece.chords,
            "density": {
                "predicted": _rounded(piece.density),
                "realised": _rounded(notes_to_density(piece.notes, seconds)),
            },
            "loudness": {
                "predicted": _rounded(piece.loudness),
                "realised": _rounded(
                    np.resize(np.append(realised, 0.0), seconds) if len(realised) < seconds else realised
                ),
            },
        },
    }


def timeline_to_metrics(timeline: dict, audio: np.ndarray, made_duration: float) -> dict:
    """The figures of one video; a correlation is None where one of its sides never changes."""
    values = timeline["per_second"]
    chords, whole = values["chord"], math.floor(timeline["duration"])
    changes = sum(a != b for a, b in pairwise(chords))
    return {
        "seconds": timeline["duration"],
        "key": timeline["key"],
        "notes": timeline["notes"],
        "density_correlation": correlation(values["density"], whole),
        "loudness_correlation": correlation(values["loudness"], whole),
        "peak_dbfs": amplitude_to_dbfs(max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))),
        "rms_dbfs": amplitude_to_dbfs(math.sqrt(float(np.vdot(audio, audio)) / max(audio.size, 1))),
        "duration_error_ms": round(1000 * (made_duration - timeline["duration"]), 1),
        "chord_changes_per_second": round(changes / max(len(chords) - 1, 1), 3),
    }


def correlation(pair: dict[str, list[float]], seconds: int) -> float | None:
    """Pearson correlation of predicted and realised over the first `seconds`, the whole ones; None if undefined."""
    predicted, realised = (np.array(pair[name][:seconds]) for name in ("predicted", "realised"))
    if len(predicted) < 2 or predicted.std() == 0 or realised.std() == 0:
        return None
    return round(float(np.corrcoef(predicted, realised)[0, 1]), 4)


def amplitude_to_dbfs(amplitude: float) -> float:
    """Decibels relative to full scale, SILENCE at the least."""
    return round(max(20 * math.log10(max(amplitude, 1e-12)), SILENCE), 2)


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]
