"""Notes to sound: a SoundFont player whose every note is scheduled here, to the sample."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from amt.generate.arrange import INSTRUMENTS
from amt.generate.notes import Note
from muvisync.files import temporary

RATE = 44100
PEAK = 0.89
"""Full scale is 1; the rest is room for what AAC adds."""
_FADE_SHARE, _LONGEST_FADE = 0.25, 1.5  # of the length, and in seconds


def notes_to_audio(notes: list[Note], duration: float) -> np.ndarray:
    """Render notes with TimGM6mb, the SoundFont that pretty_midi brings.

    The player is driven note by note (strike, make the samples up to the next event, release): tinysoundfont's own
    sequencer runs at double speed when both its `process` and `generate` are called.

    Returns:
        float32 (samples, 2) at RATE, exactly `duration` seconds, peak at PEAK, faded out over its end.
    """
    synth = _load_synth()
    channels = {name: channel for channel, name in enumerate(INSTRUMENTS)}
    total, position = round(duration * RATE), 0
    audio = np.empty((total, 2), np.float32)  # an hour is 1.3 GB: no second copy of it
    for sample, is_on, note in _events(notes, total):
        if sample > position:
            audio[position:sample] = _generate(synth, sample - position)
            position = sample
        if is_on:
            synth.noteon(channels[note.instrument], note.pitch, note.velocity)
        else:
            synth.noteoff(channels[note.instrument], note.pitch)
    audio[position:] = _generate(synth, total - position)
    finish(audio, duration)
    return audio


def finish(audio: np.ndarray, duration: float) -> None:
    """Fade the end out and scale the peak to PEAK, in place; silence stays silence. `audio` is float32 (samples, 2)."""
    count = min(round(min(_FADE_SHARE * duration, _LONGEST_FADE) * RATE), len(audio))
    audio[len(audio) - count :] *= np.cos(np.linspace(0, np.pi / 2, count, dtype=np.float32))[:, None]
    peak = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
    if peak > 0:
        audio *= np.float32(PEAK / peak)


def audio_to_loudness(audio: np.ndarray) -> np.ndarray:
    """RMS over full scale of each second of the mono mix; the last second may be short. float32 (seconds,)."""
    mono = audio.mean(axis=1, dtype=np.float64)
    chunks = (mono[start : start + RATE] for start in range(0, len(mono), RATE))
    return np.array([np.sqrt(np.mean(chunk**2)) for chunk in chunks], np.float32)


def write_wav(audio: np.ndarray, path: Path) -> None:
    """Write float audio in [-1, 1], (samples, 2), as 16-bit PCM."""
    import soundfile

    with temporary(path) as draft:
        soundfile.write(str(draft), audio, RATE, subtype="PCM_16", format="WAV")


def _events(notes: list[Note], total: int) -> list[tuple[int, int, Note]]:
    """(sample, is_on, note) in order of time; at the same sample notes stop before others start."""
    events = [(round(note.start * RATE), 1, note) for note in notes]
    events += [(round(note.end * RATE), 0, note) for note in notes]
    return sorted(event for event in events if event[0] < total)


def _generate(synth: object, samples: int) -> np.ndarray:
    return np.frombuffer(bytes(synth.generate(samples)), np.float32).reshape(-1, 2)


def _load_synth() -> object:
    import tinysoundfont

    synth = tinysoundfont.Synth(gain=-12, samplerate=RATE)
    font = synth.sfload(_soundfont())
    for channel, program in enumerate(INSTRUMENTS.values()):
        synth.program_select(channel, font, 0, program)
    return synth


@cache
def _soundfont() -> bytes:
    return Path(str(files("pretty_midi") / "TimGM6mb.sf2")).read_bytes()
