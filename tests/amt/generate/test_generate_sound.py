"""Rendered sound and MIDI: lengths, tempo, levels, bytes."""

from __future__ import annotations

import math

import mido
import numpy as np
import pretty_midi
import pytest
import soundfile

from amt.generate.arrange import chords_to_notes
from amt.generate.midi import notes_to_midi
from amt.generate.sound import PEAK, audio_to_loudness, notes_to_audio, write_wav
from muvisync.chords import parse_key
from muvisync.soundfont import RATE, Note

CLICKS = [Note(second, second + 0.2, 72, 110, "piano") for second in (0.5, 1.5, 2.5, 4.0)]


def onsets(audio: np.ndarray) -> list[float]:
    """Times at which 10 ms of sound are 8 times as loud as the 10 ms before and the 100 ms before were quiet."""
    step = RATE // 100
    energy = np.sqrt((audio.mean(1)[: len(audio) // step * step].reshape(-1, step) ** 2).mean(1)) + 1e-4
    return [
        at / 100 for at in range(11, len(energy)) if energy[at] > 0.02 and energy[at - 10 : at].max() * 4 < energy[at]
    ]


def test_notes_sound_when_they_are_written():
    """The renderer's known trap is double speed."""
    found = onsets(notes_to_audio(CLICKS, 5.0))
    assert len(found) == 4
    assert np.allclose(found, [0.5, 1.5, 2.5, 4.0], atol=0.02)


def test_pitch_is_right():
    audio = notes_to_audio([Note(0.0, 2.0, 69, 100, "piano")], 2.0).mean(1)[RATE // 2 : RATE]
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 8 * len(audio)))
    peak = np.argmax(spectrum) * RATE / (8 * len(audio))
    assert abs(12 * math.log2(peak / 440)) % 12 < 0.1


@pytest.mark.parametrize("duration", [0.1, 1.0, 5.3, 12.04])
def test_sound_has_the_length_of_the_video_and_does_not_clip(duration):
    audio = notes_to_audio([Note(0.0, duration, 60, 127, "piano"), Note(0.0, duration, 40, 127, "bass")], duration)
    assert audio.shape == (round(duration * RATE), 2) and audio.dtype == np.float32
    assert np.abs(audio).max() == pytest.approx(PEAK, abs=1e-3)
    assert np.abs(audio[-10:]).max() < 0.02  # faded out


def test_silence_stays_silence():
    assert not notes_to_audio([], 1.0).any()


def test_louder_velocities_are_louder():
    notes = [Note(s, s + 0.9, 60, 30 + 12 * s, "piano") for s in range(8)]
    loudness = audio_to_loudness(notes_to_audio(notes, 10.0))[:8]
    assert (np.diff(loudness) > 0).all()


def test_rendered_loudness_follows_the_prediction_whatever_the_density():
    seconds = np.arange(40)
    loudness, density = 0.17 + 0.12 * np.sin(seconds / 4), 8 + 5 * np.cos(seconds / 3)
    notes = chords_to_notes(["C", "G", "A:min", "F"] * 10, density, loudness, 40.0)
    rendered = audio_to_loudness(notes_to_audio(notes, 40.0))
    assert np.corrcoef(loudness[:38], rendered[:38])[0, 1] > 0.85


def test_wav_is_stereo_pcm_and_the_same_every_time(tmp_path):
    for name in ("a.wav", "b.wav"):
        write_wav(notes_to_audio(CLICKS, 3.0), tmp_path / name)
    info = soundfile.info(tmp_path / "a.wav")
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (RATE, 2, "PCM_16", 3 * RATE)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_midi_reads_back_with_tempo_and_key(tmp_path):
    notes = [*CLICKS, Note(0.0, 3.0, 40, 90, "bass")]
    for name in ("a.mid", "b.mid"):
        notes_to_midi(notes, parse_key("Eb minor"), tmp_path / name)
    score = pretty_midi.PrettyMIDI(str(tmp_path / "a.mid"))
    assert score.get_tempo_changes()[1].tolist() == [120.0]
    assert [track.program for track in score.instruments] == [0, 32]
    read = sorted((n.start, n.pitch, n.velocity) for track in score.instruments for n in track.notes)
    assert np.allclose(read, sorted((n.start, n.pitch, n.velocity) for n in notes), atol=0.002)
    kinds = {message.type for message in mido.MidiFile(tmp_path / "a.mid").tracks[0]}
    assert {"set_tempo", "time_signature", "key_signature"} <= kinds
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
