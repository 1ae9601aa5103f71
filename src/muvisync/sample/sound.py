"""Notes to sound: a SoundFont player that schedules every note itself, to the sample."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

RATE = 44100
DRUMS = "drums"
PROGRAMS = {
    "piano": 0,
    "electric piano": 5,
    "vibraphone": 11,
    "jazz guitar": 26,
    "bass": 33,
    "viola": 41,
    "clarinet": 71,
}
"""General MIDI programs of the band: those whose notes a transcriber tells apart (it hears ghosts in this SoundFont's
string sections, organs and pads)."""
_GAIN = 1.0  # dB
_DRUM_BANK = 128
_FADE_SECONDS = 0.3


@dataclass(frozen=True, order=True)
class Note:
    """A note from `start` to `end` seconds, MIDI `pitch` and `velocity`, played by a name of PROGRAMS or by DRUMS."""

    start: float
    end: float
    pitch: int
    velocity: int
    instrument: str


def notes_to_audio(notes: list[Note], seconds: float) -> np.ndarray:
    """Render notes with pretty_midi's TimGM6mb SoundFont.

    The player is driven note by note (start a note, make the samples up to the next event, stop it): tinysoundfont's
    own sequencer runs at double speed when both its `process` and `generate` are called.

    Returns:
        float32 of shape (samples, 2) in (-1, 1), the last 0.3 s faded out.
    """
    synth, channels = _synth({note.instrument for note in notes})
    total, position, pieces = round(seconds * RATE), 0, []
    for sample, is_on, note in _events(notes, total):
        if sample > position:
            pieces.append(_generate(synth, sample - position))
            position = sample
        channel = channels[note.instrument]
        if is_on:
            synth.noteon(channel, note.pitch, note.velocity)
        else:
            synth.noteoff(channel, note.pitch)
    pieces.append(_generate(synth, total - position))
    return _finish(np.concatenate(pieces))


def _events(notes: list[Note], total: int) -> list[tuple[int, int, Note]]:
    """(sample, is_on, note) in time order; at the same sample notes stop before others start."""
    events = [(round(note.start * RATE), 1, note) for note in notes]
    events += [(round(note.end * RATE), 0, note) for note in notes]
    return sorted(event for event in events if event[0] < total)


def _generate(synth: object, samples: int) -> np.ndarray:
    return np.frombuffer(bytes(synth.generate(samples)), dtype=np.float32).reshape(-1, 2)


def _finish(audio: np.ndarray) -> np.ndarray:
    fade = np.linspace(1.0, 0.0, round(_FADE_SECONDS * RATE), dtype=np.float32)
    audio = np.tanh(audio)  # a soft limiter: the same gain in every clip keeps loudness comparable between clips
    audio[-len(fade) :] *= fade[:, None]
    return audio


def _synth(instruments: set[str]) -> tuple[object, dict[str, int]]:
    import tinysoundfont

    synth = tinysoundfont.Synth(gain=_GAIN, samplerate=RATE)
    font = synth.sfload(_soundfont())
    channels = {name: channel for channel, name in enumerate(sorted(instruments))}
    for name, channel in channels.items():
        if name == DRUMS:
            synth.program_select(channel, font, _DRUM_BANK, 0, is_drums=True)
        else:
            synth.program_select(channel, font, 0, PROGRAMS[name])
    return synth, channels


@cache
def _soundfont() -> bytes:
    return Path(str(files("pretty_midi") / "TimGM6mb.sf2")).read_bytes()
