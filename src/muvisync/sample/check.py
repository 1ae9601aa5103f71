"""The truth check: how close what our stages measured on a sample clip is to what was composed and drawn.

Pure functions of the truth (a clip's `<id>.truth.json`) and of the artifacts of `transcribe` and `video`. A figure that
can't be computed (the artifact is missing, a series never changes) is None and stays out of the means.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from muvisync.chords import parse_key
from muvisync.sample.compose import MOODS

CUT_TOLERANCE = 0.5  # seconds
FIGURES = (
    "chords_root",
    "chords_majmin",
    "key_right",
    "cuts_f1",
    "emotion_accuracy",
    "density_correlation",
    "loudness_correlation",
    "motion_correlation",
)
_MEANS = FIGURES[3:]

Figures = dict[str, float | bool | None]


def check_clip(truth: dict, heard: dict | None, seen: dict | None) -> Figures:
    """FIGURES of one clip, 4 decimals, and its `duration` in seconds.

    Args:
        truth: as `truth.composition_to_truth` makes it.
        heard: data/transcribe/<id>.json, or None.
        seen: {"cuts": [seconds], "emotion": (n, 6), "motion": (n,)} of the clip, or None.
    """
    figures: Figures = dict.fromkeys(FIGURES) | {"duration": truth["duration"]}
    per_second = truth["per_second"]
    if heard is not None:
        root, majmin = compare_chords(truth["chords"], heard["chords"])
        figures["chords_root"], figures["chords_majmin"] = root, majmin
        figures["key_right"] = same_key(truth["key"], heard["key"])
        for name, figure in (("note_density", "density_correlation"), ("loudness", "loudness_correlation")):
            figures[figure] = correlate(per_second[name], heard["per_second"][name])
    if seen is not None:
        figures["cuts_f1"] = cuts_f1(truth["cuts"], seen["cuts"])
        figures["emotion_accuracy"] = emotion_accuracy(per_second["mood"], np.asarray(seen["emotion"]))
        figures["motion_correlation"] = correlate(per_second["motion"], seen["motion"])
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def summarise(clips: dict[str, Figures]) -> dict[str, float | int | None]:
    """The whole sample: chords weighted by duration, keys counted, the other figures as means over the clips."""
    rows = list(clips.values())
    keys = [row["key_right"] for row in rows if row["key_right"] is not None]
    total: dict[str, float | int | None] = {"clips": len(rows), "key_right": sum(keys), "key_total": len(keys)}
    for name in ("chords_root", "chords_majmin"):
        total[name] = _mean([(row[name], row["duration"]) for row in rows])
    return total | {name: _mean([(row[name], 1.0) for row in rows]) for name in _MEANS}


def compare_chords(truth: Sequence[dict], heard: Sequence[dict]) -> tuple[float | None, float | None]:
    """mir_eval's duration-weighted accuracy of roots and of major/minor.

    Major/minor is asked only where the true chord is a major or minor one (7ths count, dim and sus do not).
    """
    import mir_eval

    if not heard:
        return 0.0, 0.0
    reference, names = _intervals(truth)
    estimate, guesses = _intervals(heard)
    estimate, guesses = mir_eval.util.adjust_intervals(
        estimate, guesses, reference.min(), reference.max(), mir_eval.chord.NO_CHORD, mir_eval.chord.NO_CHORD
    )
    pieces, names, guesses = mir_eval.util.merge_labeled_intervals(reference, names, estimate, guesses)
    seconds = mir_eval.util.intervals_to_durations(pieces)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mir_eval warns of clips in which no chord counts; they are None here
        scores = (mir_eval.chord.root(names, guesses), mir_eval.chord.majmin(names, guesses))
    root, majmin = (_mean([(max(s, 0), d) for s, d in zip(score, seconds, strict=True) if s >= 0]) for score in scores)
    return root, majmin


def same_key(truth: str, heard: str | None) -> bool:
    """Whether two keys are the same; enharmonic spellings are, relative keys are not."""
    return heard is not None and parse_key(truth) == parse_key(heard)


def cuts_f1(truth: Sequence[float], heard: Sequence[float]) -> float:
    """F1 of cut times within CUT_TOLERANCE, each matched once; 1 when neither has a cut."""
    import mir_eval

    if not len(truth) and not len(heard):
        return 1.0
    if not len(truth) or not len(heard):
        return 0.0
    hits = len(mir_eval.util.match_events(np.asarray(truth, float), np.asarray(heard, float), CUT_TOLERANCE))
    return 2 * hits / (len(truth) + len(heard))


def emotion_accuracy(moods: Sequence[str], emotion: np.ndarray) -> float | None:
    """Share of the seconds whose likeliest emotion (n, 6; columns as MOODS) is the scene's mood."""
    count = min(len(moods), len(emotion))
    if not count:
        return None
    right = [MOODS[best] == mood for best, mood in zip(emotion[:count].argmax(1), moods, strict=False)]
    return sum(right) / count


def correlate(truth: Sequence[float], measured: Sequence[float]) -> float | None:
    """Pearson's correlation over the seconds that both have; None if one of them never changes."""
    count = min(len(truth), len(measured))
    first, second = np.asarray(truth[:count], float), np.asarray(measured[:count], float)
    if count < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _intervals(chords: Sequence[dict]) -> tuple[np.ndarray, list[str]]:
    return np.array([[chord["start"], chord["end"]] for chord in chords]), [chord["chord"] for chord in chords]


def _mean(weighted: Sequence[tuple[float | None, float]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None]
    weights = sum(weight for _, weight in known)
    return round(float(sum(value * weight for value, weight in known) / weights), 4) if weights else None
