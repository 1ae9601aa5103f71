"""Notes as sound: when, how high and how loud they are heard, and as a file."""

from __future__ import annotations

import math

import numpy as np
import soundfile

from amt.generate.output.wav import write_wav
from amt.generate.sound.loudness import audio_to_loudness
from muvisync.soundfont import RATE, Note, play_notes

CLICKS = [Note(second, second + 0.2, 72, 110, "piano") for second in (0.5, 1.5, 2.5, 4.0)]


def play(notes: list[Note], seconds: float) -> np.ndarray:
    audio = play_notes(notes, seconds, {"piano": 0}, 0)
    return audio / np.abs(audio).max()


def onsets(audio: np.ndarray) -> list[float]:
    """Times at which 10 ms of sound are 8 times as loud as the 10 ms before and the 100 ms before were quiet."""
    step = RATE // 100
    energy = np.sqrt((audio.mean(1)[: len(audio) // step * step].reshape(-1, step) ** 2).mean(1)) + 1e-4
    return [
        at / 100 for at in range(11, len(energy)) if energy[at] > 0.02 and energy[at - 10 : at].max() * 4 < energy[at]
    ]


def test_notes_sound_when_they_are_written():
    """The renderer's known trap is double speed."""
    found = onsets(play(CLICKS, 5.0))
    assert len(found) == 4
    assert np.allclose(found, [0.5, 1.5, 2.5, 4.0], atol=0.02)


def test_pitch_is_right():
    audio = play([Note(0.0, 2.0, 69, 100, "piano")], 2.0).mean(1)[RATE // 2 : RATE]
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 8 * len(audio)))
    peak = np.argmax(spectrum) * RATE / (8 * len(audio))
    assert abs(12 * math.log2(peak / 440)) % 12 < 0.1


def test_louder_velocities_are_louder():
    notes = [Note(s, s + 0.9, 60, 30 + 12 * s, "piano") for s in range(8)]
    loudness = audio_to_loudness(play(notes, 10.0))[:8]
    assert (np.diff(loudness) > 0).all()


def test_wav_is_stereo_pcm_and_the_same_every_time(tmp_path):
    for name in ("a.wav", "b.wav"):
        write_wav(play(CLICKS, 3.0), tmp_path / name)
    info = soundfile.info(tmp_path / "a.wav")
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (RATE, 2, "PCM_16", 3 * RATE)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
