"""How good a video is for learning from: a few plain scores, and what the filters make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from muvisync.chords import NO_CHORD
from muvisync.schema import QUALITY_SCORES
from muvisync.sections import FiltersParams

SILENT_LOUDNESS = 0.01
"""-40 dB of full scale: below it there is room noise, fades and the gaps between pieces."""
STILL_MOTION = 0.5
"""Mean absolute RGB difference, 0-255: what compression alone leaves of a slide show."""
LESS_IS_POOR = ("duration", "resolution", "chord_confidence")
_DIGITS = 4


@dataclass(frozen=True)
class Evidence:
    """What is known of a video without its pictures' meaning; None is unknown, sequences have a value a second.

    Attributes:
        duration: seconds; `height` in pixels.
        loudness: 0-1; `motion` 0-255; `chords` labels.
        chord_confidence: mean probability of the chords, 0-1; `speech` likely share of speech, 0-1.
    """

    duration: float | None = None
    height: int | None = None
    loudness: Sequence[float] | None = None
    motion: Sequence[float | None] | None = None
    chords: Sequence[str | None] | None = None
    chord_confidence: float | None = None
    speech: float | None = None


@dataclass(frozen=True)
class Judgement:
    """What the filters say: `flags` are the names whose threshold a score passes; `reason` is set to leave it out."""

    flags: tuple[str, ...]
    reason: str = ""
    score: float | None = None


def evidence_to_scores(evidence: Evidence) -> dict[str, float | None]:
    """A figure for each of QUALITY_SCORES, None where there is nothing to judge by."""
    loudness = None if evidence.loudness is None else np.asarray(evidence.loudness, np.float64)
    found = {
        "duration": evidence.duration,
        "resolution": evidence.height,
        "silence": None if loudness is None else _share(loudness < SILENT_LOUDNESS),
        "still": _still(evidence.motion),
        "no_chord": _no_chord(evidence.chords, loudness),
        "chord_confidence": evidence.chord_confidence,
        "speech": evidence.speech,
    }
    return {name: None if value is None else round(float(value), _DIGITS) for name, value in found.items()}


def _still(motion: Sequence[float | None] | None) -> float | None:
    # second 0 has no picture before it, its motion is 0 by definition
    known = [value for value in (motion if motion is not None else [])[1:] if value is not None]
    return _share(np.asarray(known) < STILL_MOTION)


def _no_chord(chords: Sequence[str | None] | None, loudness: np.ndarray | None) -> float | None:
    """Silence has no chord either, but that is `silence`: only seconds with sound count."""
    if chords is None:
        return None
    without = np.array([chord in (None, NO_CHORD) for chord in chords], bool)
    if loudness is None:
        return _share(without)
    both = min(len(without), len(loudness))
    return _share(without[:both][loudness[:both] >= SILENT_LOUDNESS])


def _share(mask: np.ndarray) -> float | None:
    return float(mask.mean()) if mask.size else None


def measured(filters: FiltersParams) -> list[str]:
    """Names of the filters that are not off."""
    return [name for name in QUALITY_SCORES if getattr(filters, name).mode != "off"]


def judge(scores: dict[str, float | None], filters: FiltersParams) -> Judgement:
    """Hold scores against the thresholds; the first filter in `drop` mode that a video fails gives the reason."""
    flags = [name for name in measured(filters) if _is_poor(name, scores.get(name), getattr(filters, name).threshold)]
    for name in flags:
        if getattr(filters, name).mode == "drop":
            side = "below" if name in LESS_IS_POOR else "above"
            words = f"{name.replace('_', ' ')} {side} dataset.filters.{name}.threshold"
            return Judgement(tuple(flags), f"{words} ({getattr(filters, name).threshold:g})", scores[name])
    return Judgement(tuple(flags))


def _is_poor(name: str, score: float | None, threshold: float) -> bool:
    if score is None:
        return False
    return score < threshold if name in LESS_IS_POOR else score > threshold
