"""Arrange the chords of a composition for a small band: who plays what, when and how loud in each mood."""

from __future__ import annotations

import random
from dataclasses import dataclass

from muvisync.chords import chord_pitch_classes
from muvisync.sample.compose import FPS, Chord, Composition
from muvisync.soundfont import DRUMS, Note

KICK, SNARE, HAT = 36, 38, 42
_BASS_LOW, _CHORD_LOW, _CHORD_HIGH = 36, 53, 70
_LAST_CHORD_RELEASE = 0.15  # seconds before the end of the clip: the last chord rings out


@dataclass(frozen=True)
class Layer:
    """What one instrument does in a mood.

    `role` is one of ROLES. It plays every `step` beats, each note for `gate` of its step, at `velocity`, and only in
    scenes whose energy is at least `above` and less than `below`.
    """

    instrument: str
    role: str
    step: float
    gate: float
    velocity: int
    above: float = 0.0
    below: float = 9.0


# A transcriber hears a note an octave above a sounding one as its overtone, and an attack of the bass as an attack of
# the chord: so chords are close, free of unisons, and struck together with the bass.
LAYERS: dict[str, tuple[Layer, ...]] = {
    "exciting": (
        Layer("jazz guitar", "chord", 1, 0.85, 104, below=0.6),
        Layer("jazz guitar", "chord", 0.5, 0.85, 104, above=0.6),
        Layer("bass", "bass", 1, 0.85, 84, below=0.6),
        Layer("bass", "bass", 0.5, 0.85, 84, above=0.6),
        Layer("vibraphone", "melody", 1, 0.9, 115),
        Layer(DRUMS, "rock", 0.5, 0.5, 84),
    ),
    "tense": (
        Layer("viola", "chord", 1, 0.7, 94, below=0.6),
        Layer("viola", "chord", 0.5, 0.7, 98, above=0.6),
        Layer("bass", "bass", 1, 0.75, 76),
        Layer(DRUMS, "clock", 1, 0.5, 50),
    ),
    "fearful": (
        Layer("clarinet", "chord", 4, 0.95, 78, below=0.6),
        Layer("clarinet", "chord", 2, 0.85, 80, above=0.6),
        Layer("piano", "bass", 4, 0.95, 66, below=0.6),
        Layer("piano", "bass", 2, 0.85, 70, above=0.6),
    ),
    "sad": (
        Layer("piano", "rolled", 2, 0.95, 76, below=0.6),
        Layer("piano", "chord", 1, 0.85, 66, above=0.6),
        Layer("bass", "bass", 4, 0.97, 44),
    ),
    "relaxing": (
        Layer("electric piano", "rolled", 4, 0.9, 88, below=0.6),
        Layer("jazz guitar", "chord", 1, 0.85, 74, above=0.6),
        Layer("bass", "bass", 4, 0.97, 40, below=0.6),
        Layer("bass", "bass", 2, 0.9, 40, above=0.6),
    ),
    "neutral": (
        Layer("piano", "chord", 4, 0.9, 82, below=0.6),
        Layer("jazz guitar", "chord", 1, 0.85, 84, above=0.6),
        Layer("bass", "bass", 4, 0.95, 46, below=0.6),
        Layer("bass", "bass", 2, 0.9, 56, above=0.6),
        Layer(DRUMS, "clock", 1, 0.5, 46, above=0.6),
    ),
}


def composition_to_notes(composition: Composition) -> list[Note]:
    """All notes of the band, drums included, in order of time; no pitch sounds twice at once (see `merge_unisons`)."""
    rng = random.Random(f"muvisync band {composition.index}")
    beat = composition.beat / FPS
    notes, voicing = [], [57, 60, 64]
    for chord in composition.chords:
        voicing = voice(chord.label, voicing)
        for layer in LAYERS[chord.mood]:
            if layer.above <= chord.energy < layer.below:
                notes += _play(layer, chord, voicing, beat, rng)
    notes = _ring_out(notes, composition.frames / FPS)
    return sorted(merge_unisons([note for note in notes if note.end - note.start > 0.05]))


def voice(label: str, previous: list[int]) -> list[int]:
    """The close position of a chord that moves least from the `previous` voicing; MIDI pitches, ascending."""
    classes = chord_pitch_classes(label)
    voicings = []
    for low in range(_CHORD_LOW, _CHORD_LOW + 12):
        if low % 12 in classes:
            voicing = sorted(low + (pitch_class - low) % 12 for pitch_class in classes)
            if voicing[-1] <= _CHORD_HIGH:
                voicings.append(voicing)
    return min(voicings, key=lambda notes: abs(sum(notes) / len(notes) - sum(previous) / len(previous)))


def merge_unisons(notes: list[Note]) -> list[Note]:
    """Make every pitch monophonic, as it is heard: unisons become one note, a new attack ends the note before it.

    Two notes of one pitch that start within 50 ms are one note (the louder one). Drums pass.
    """
    heard: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes, key=lambda note: (note.start, -note.velocity)):
        before = heard[last[note.pitch]] if note.instrument != DRUMS and note.pitch in last else None
        if before is None or before.end <= note.start:
            pass
        elif note.start - before.start < 0.05:
            continue
        else:
            heard[last[note.pitch]] = Note(before.start, note.start, before.pitch, before.velocity, before.instrument)
        if note.instrument != DRUMS:
            last[note.pitch] = len(heard)
        heard.append(note)
    return heard


def _play(layer: Layer, chord: Chord, voicing: list[int], beat: float, rng: random.Random) -> list[Note]:
    start, end = chord.start / FPS, chord.end / FPS
    step = layer.step * beat
    notes = []
    for number in range(round((end - start) / step)):
        at = start + number * step
        stop = at + step * layer.gate
        loud = layer.velocity * (0.72 + 0.33 * chord.energy) * (1.0 if number % 2 == 0 else 0.92)
        velocity = max(1, min(127, round(loud) + rng.randint(-3, 3)))
        for delay, pitch in ROLES[layer.role](number, chord, voicing):
            notes.append(Note(at + delay * beat, stop, pitch, velocity, layer.instrument))
    return notes


def _ring_out(notes: list[Note], seconds: float) -> list[Note]:
    limit = seconds - _LAST_CHORD_RELEASE
    return [Note(n.start, min(n.end, limit), n.pitch, n.velocity, n.instrument) for n in notes if n.start < limit]


def _root(chord: Chord) -> int:
    return _BASS_LOW + (chord_pitch_classes(chord.label)[0] - _BASS_LOW) % 12


def _bass(number: int, chord: Chord, voicing: list[int]) -> list[tuple[float, int]]:
    return [(0.0, _root(chord))]


def _block_chord(number: int, chord: Chord, voicing: list[int]) -> list[tuple[float, int]]:
    return [(0.0, pitch) for pitch in voicing]


def _rolled_chord(number: int, chord: Chord, voicing: list[int]) -> list[tuple[float, int]]:
    return [(0.25 * place, pitch) for place, pitch in enumerate(voicing)]


def _melody(number: int, chord: Chord, voicing: list[int]) -> list[tuple[float, int]]:
    return [(0.0, voicing[-1 - (number + chord.start) % len(voicing)] + 12)]


def _rock(number: int, chord: Chord, voicing: list[int]) -> list[tuple[float, int]]:
    return [(0.0, HAT), *([(0.0, (KICK, SNARE)[number // 2 % 2])] if number % 2 == 0 else [])]


def _clock(number: int, chord: Chord, voicing: list[int]) -> list[tuple[float, int]]:
    return [(0.0, HAT)]


ROLES = {
    "bass": _bass,
    "chord": _block_chord,
    "rolled": _rolled_chord,
    "melody": _melody,
    "rock": _rock,
    "clock": _clock,
}
"""What a layer plays at its step `number`: (delay in beats, MIDI pitch) pairs."""
