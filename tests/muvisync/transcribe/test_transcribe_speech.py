"""Talking told from music: synthetic syllables and chords, and real music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from muvisync.ffmpeg import decode_audio
from muvisync.transcribe.audio import MODEL_RATE, RATE, to_model_rate
from muvisync.transcribe.speech import audio_to_speech
from muvisync.transcribe.transcription import transcribe


def seconds(length: float) -> np.ndarray:
    return np.arange(int(length * MODEL_RATE)) / MODEL_RATE


def talking(length: float) -> np.ndarray:
    """Four syllables a second: a buzz of gliding pitch through two vowels in turn, hissing and silence between."""
    time = seconds(length)
    pitch = 2 * np.pi * np.cumsum(120 + 25 * np.sin(2 * np.pi * 0.7 * time)) / MODEL_RATE
    place = time * 4 % 1
    first = (time * 4).astype(int) % 2 == 0
    sound = np.zeros_like(time)
    for partial in range(1, 40):
        high = partial * 120.0
        vowels = [sum(np.exp(-(((high - f) / 130) ** 2)) for f in formants) for formants in ((700, 1200), (300, 2300))]
        sound += np.sin(partial * pitch) * np.where(first, *vowels)
    hiss = np.random.default_rng(0).normal(0, 0.2, len(time)) * ((place > 0.55) & (place < 0.7))
    return (0.1 * (sound * np.clip(np.sin(np.pi * place / 0.55), 0, None) * (place < 0.55) + hiss)).astype(np.float32)


def chords(length: float, rate: float) -> np.ndarray:
    """Chords at `rate` a second, struck and held."""
    time = seconds(length)
    place = time * rate % 1 / rate
    notes = np.where((time * rate).astype(int) % 2 == 0, 220.0, 246.9)
    sound = sum(np.sin(2 * np.pi * notes * ratio * place) for ratio in (1, 1.25, 1.5, 2, 3))
    return (0.05 * sound * np.exp(-place)).astype(np.float32)


def test_talking_is_speech():
    assert audio_to_speech(talking(20)) > 0.9


@pytest.mark.parametrize("rate", [0.5, 1, 2, 4, 8])
def test_chords_are_not(rate: float):
    assert audio_to_speech(chords(20, rate)) < 0.1


def test_half_and_half_is_half():
    assert audio_to_speech(np.concatenate([talking(30), chords(30, 1)])) == pytest.approx(0.5, abs=0.07)


def test_silence_and_slivers_are_neither():
    assert audio_to_speech(np.zeros(5 * MODEL_RATE, np.float32)) is None
    assert audio_to_speech(talking(0.5)) is None
    assert audio_to_speech(np.zeros(0, np.float32)) is None
    # silence between does not count
    gap = np.zeros(20 * MODEL_RATE, np.float32)
    assert audio_to_speech(np.concatenate([talking(20), gap])) > 0.85


def test_loudness_does_not_matter():
    assert audio_to_speech(0.2 * talking(12)) == audio_to_speech(talking(12))


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("audio/sugar-plum-fairy.ogg", 0.05),
        ("audio/vibe-ace.ogg", 0.05),
        ("good/big-buck-bunny-trailer.webm", 0.15),
        ("good/sintel-trailer.mp4", 0.15),  # a few words over music
    ],
)
def test_real_music_is_music(shared_media: Path, name: str, most: float):
    assert audio_to_speech(to_model_rate(decode_audio(shared_media / name, RATE))) <= most


def test_a_transcription_says_it(params):
    silent = transcribe(np.zeros(2 * RATE, np.float32), params)
    assert silent.to_json()["speech"] is None
