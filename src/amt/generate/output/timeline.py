"""What was asked for and what was made, on a common time axis, and the figures of a piece."""

from __future__ import annotations

import math

import numpy as np

from amt.generate.arrangement import sounding_density
from amt.generate.compose import Piece
from amt.generate.predict.features import Features
from amt.generate.sound.loudness import audio_to_loudness

SILENCE = -120.0  # dBFS, stands for digital silence


def piece_to_timeline(piece: Piece, audio: np.ndarray) -> dict:
    """Cuts, beats, bars, sections and chords; motion, emotion, density and loudness of every second; ready for JSON.

    Args:
        audio: float32 (samples, 2), the finished sound.
    """
    grid, seconds = piece.sheet.grid, len(piece.density)
    heard = np.zeros(seconds, np.float32)
    found = audio_to_loudness(audio)[:seconds]  # the last sliver of a second may hold no sample
    heard[: len(found)] = found
    return {
        "duration": round(grid.duration, 3),
        "key": str(piece.sheet.key),
        "tempo": round(grid.tempo, 2),
        "style": piece.style.name,
        "seed": piece.seed,
        "notes": len(piece.notes),
        "instruments": sorted({note.instrument for note in piece.notes}),
        "cuts": [{"time": round(cut.time, 3), "beat": cut.beat} for cut in grid.cuts],
        "beats": [round(float(time), 4) for time in grid.times],
        "bars": list(grid.bars),
        "sections": [{"beat": beat, "mood": mood} for beat, mood in zip(grid.sections, piece.sheet.moods, strict=True)],
        "chords": _chords(piece),
        "per_second": {
            **_seen(piece.features),
            "density": {
                "predicted": _rounded(piece.density),
                "realised": _rounded(sounding_density(piece.notes, seconds)),
            },
            "loudness": {"predicted": _rounded(piece.loudness), "realised": _rounded(heard)},
        },
    }


def _chords(piece: Piece) -> list[dict]:
    times = piece.sheet.grid.times
    return [
        {
            "start": round(float(times[span.beat]), 4),
            "end": round(float(times[span.beat + span.beats]), 4),
            "label": span.label,
        }
        for span in piece.sheet.chords
    ]


def _seen(features: Features) -> dict[str, list]:
    """Motion and emotion; empty where none was measured."""
    known = {name: features.present[name].any() for name in ("motion", "emotion")}
    return {
        "motion": _rounded(features.values["motion"]) if known["motion"] else [],
        "emotion": [_rounded(row) for row in features.values["emotion"]] if known["emotion"] else [],
    }


def timeline_to_metrics(timeline: dict, audio: np.ndarray, made_duration: float) -> dict:
    """The figures of one video; a correlation is None where one of its sides never changes, a share without cuts."""
    values, cuts = timeline["per_second"], timeline["cuts"]
    whole, changes = math.floor(timeline["duration"]), len(timeline["chords"]) - 1
    return {
        "seconds": timeline["duration"],
        "key": timeline["key"],
        "style": timeline["style"],
        "tempo": timeline["tempo"],
        "notes": timeline["notes"],
        "cuts": len(cuts),
        "cuts_on_beats": round(sum(cut["beat"] is not None for cut in cuts) / len(cuts), 3) if cuts else None,
        "density_correlation": correlation(values["density"], whole),
        "loudness_correlation": correlation(values["loudness"], whole),
        "peak_dbfs": amplitude_to_dbfs(max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))),
        "rms_dbfs": amplitude_to_dbfs(math.sqrt(float(np.vdot(audio, audio)) / max(audio.size, 1))),
        "duration_error_ms": round(1000 * (made_duration - timeline["duration"]), 1),
        "chord_changes_per_second": round(changes / max(timeline["duration"], 1e-9), 3),
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
