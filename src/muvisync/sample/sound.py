"""The sample's band: which instruments play, and how their sound ends."""

from __future__ import annotations

import numpy as np

from muvisync.soundfont import RATE, Note, play_notes

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
_FADE_SECONDS = 0.3


def notes_to_audio(notes: list[Note], seconds: float) -> np.ndarray:
    """Play notes: float32 (samples, 2) in (-1, 1) at RATE, the last 0.3 s faded out."""
    # a soft limiter: the same gain in every clip keeps loudness comparable between clips
    audio = np.tanh(play_notes(notes, seconds, PROGRAMS, _GAIN))
    fade = np.linspace(1.0, 0.0, round(_FADE_SECONDS * RATE), dtype=np.float32)
    audio[-len(fade) :] *= fade[:, None]
    return audio
