"""Notes to sound with the SoundFont that pretty_midi brings (TimGM6mb); every note is scheduled here, to the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

RATE = 44100
DRUMS = "drums"
_DRUM_BANK = 128


@dataclass(frozen=True, order=True)
class Note:
    """A note from `start` to `end` seconds, MIDI `pitch` and `velocity` (1-127), played by the `instrument` named."""

    start: float
    end: float
    pitch: int
    velocity: int
    instrument: str


def play_notes(notes: Sequence[Note], seconds: float, programs: Mapping[str, int], gain: float) -> np.ndarray:
    """Render notes.

    The player is driven note by note (strike, make the samples up to the next event, release): tinysoundfont's own
    sequencer runs at double speed when both its `process` and `generate` are called.

    Args:
        seconds: length of the sound.
        programs: General MIDI program of each instrument; DRUMS needs none.
        gain: in dB.

    Returns:
        float32 (samples, 2) at RATE, exactly `seconds` long, not limited.
    """
    synth, channels = _load_synth([*programs, DRUMS], programs, gain)
    total, position = round(seconds * RATE), 0
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
    return audio


def _events(notes: Sequence[Note], total: int) -> list[tuple[int, int, Note]]:
    """(sample, is_on, note) in order of time; at the same sample notes stop before others start."""
    events = [(round(note.start * RATE), 1, note) for note in notes]
    events += [(round(note.end * RATE), 0, note) for note in notes]
    return sorted(event for event in events if event[0] < total)


def _generate(synth: object, samples: int) -> np.ndarray:
    return np.frombuffer(bytes(synth.generate(samples)), np.float32).reshape(-1, 2)


def _load_synth(names: list[str], programs: Mapping[str, int], gain: float) -> tuple[object, dict[str, int]]:
    import tinysoundfont

    synth = tinysoundfont.Synth(gain=gain, samplerate=RATE)
    font = synth.sfload(_soundfont())
    channels = {name: channel for channel, name in enumerate(dict.fromkeys(names))}
    for name, channel in channels.items():
        if name == DRUMS:
            synth.program_select(channel, font, _DRUM_BANK, 0, is_drums=True)
        else:
            synth.program_select(channel, font, 0, programs[name])
    return synth, channels


@cache
def _soundfont() -> bytes:
    return Path(str(files("pretty_midi") / "TimGM6mb.sf2")).read_bytes()
