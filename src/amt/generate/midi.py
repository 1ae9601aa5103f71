"""Notes to a MIDI file."""

from __future__ import annotations

from pathlib import Path

from amt.generate.arrange import INSTRUMENTS, TEMPO
from muvisync.chords import Key
from muvisync.files import temporary
from muvisync.soundfont import Note

_RESOLUTION = 480  # ticks a beat; at 120 beats a minute a tick is about a millisecond


def notes_to_midi(notes: list[Note], key: Key, path: Path) -> None:
    """Write notes to `path`: a track an instrument, with tempo, key and 4/4; the same notes give the same bytes."""
    import pretty_midi

    score = pretty_midi.PrettyMIDI(resolution=_RESOLUTION, initial_tempo=TEMPO)
    score.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0.0))
    number = key.tonic + (12 if key.mode == "minor" else 0)
    score.key_signature_changes.append(pretty_midi.KeySignature(number, 0.0))
    for name, program in INSTRUMENTS.items():
        track = pretty_midi.Instrument(program, name=name)
        track.notes = [
            pretty_midi.Note(note.velocity, note.pitch, note.start, note.end)
            for note in notes
            if note.instrument == name
        ]
        score.instruments.append(track)
    with temporary(path) as draft:
        score.write(str(draft))
