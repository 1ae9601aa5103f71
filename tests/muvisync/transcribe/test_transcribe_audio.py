from __future__ import annotations

import numpy as np
import pytest

from muvisync.transcribe.audio import (
    RATE,
    audio_to_loudness,
    count_seconds,
    is_silent,
    split_evenly,
    to_model_rate,
)


def sine(amplitude: float, seconds: float) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * 441 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def test_loudness_of_a_sine_is_its_amplitude_over_root_two():
    assert audio_to_loudness(np.concatenate([sine(0.5, 1), sine(0.1, 1)])).tolist() == [0.3536, 0.0707]


def test_the_last_partial_second_is_measured_over_its_own_samples():
    assert audio_to_loudness(sine(0.5, 2.5)).tolist() == [0.3536] * 3


def test_loudness_clips_as_16_bits_would():
    assert audio_to_loudness(np.full(RATE, 3.0, np.float32)).tolist() == [1.0]


@pytest.mark.parametrize(
    ("duration", "seconds"), [(0.01, 1), (1.0, 1), (1.04, 1), (1.05, 1), (1.06, 2), (52.2, 53), (300.0, 300)]
)
def test_a_partial_second_counts_and_a_sliver_does_not(duration: float, seconds: int):
    assert count_seconds(duration) == seconds


def test_dither_is_silence_and_a_whisper_is_not():
    assert is_silent(np.zeros(0, np.float32))
    assert is_silent(np.full(RATE, 6e-5, np.float32))
    assert not is_silent(sine(0.001, 1))


def test_pieces_are_even_and_lose_nothing():
    samples = np.arange(25.0)
    pieces = list(split_evenly(samples, rate=1, longest=10))
    assert [len(piece) for _, piece in pieces] == [8, 8, 9]
    assert [start for start, _ in pieces] == [0, 8, 16]
    assert np.array_equal(np.concatenate([piece for _, piece in pieces]), samples)


def test_model_rate_is_half_of_ours():
    assert to_model_rate(sine(0.5, 1)).shape == (RATE // 2,)
