"""What must hold for the MIDI file of a piece, read by pretty_midi, mido and music21."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, takewhile
from pathlib import Path

import mido
import numpy as np

from amt.generate.arrangement.drums import CRASH
from amt.generate.compose import Piece
from muvisync.soundfont import DRUMS

_AT_START = ("key_signature", "set_tempo", "time_signature")
_NEAR = 0.002  # seconds that ticks may be from what was meant
_FEW = 800  # notes; with more of them music21 makes a score of the smallest track alone, for it is slow


def check_midi(path: Path, piece: Piece) -> Iterator[str]:
    """All that is wrong with the MIDI file of `piece`."""
    yield from _check_mido(mido.MidiFile(path), piece)
    yield from _check_pretty(path, piece)
    yield from _check_music21(path, piece)


def expected_markers(piece: Piece) -> int:
    """One a section and one a cut."""
    return len(piece.sheet.grid.sections) + len(piece.sheet.grid.cuts)


def _check_mido(score: mido.MidiFile, piece: Piece) -> Iterator[str]:
    if abs(score.length - piece.duration) > _NEAR:
        yield f"mido: {score.length:.3f} s long, the piece {piece.duration:.3f} s"
    first = score.tracks[0]
    at_start = {event.type for event in takewhile(lambda event: not event.time, first)}
    yield from (f"mido: no {kind} at the start" for kind in _AT_START if kind not in at_start)
    if (found := sum(event.type == "marker" for event in first)) != expected_markers(piece):
        yield f"mido: {found} markers, {expected_markers(piece)} sections and cuts"
    if (found := sum(event.type == "text" for event in first)) != len(piece.sheet.chords):
        yield f"mido: {found} chord names for {len(piece.sheet.chords)} chords"
    for track in score.tracks[1:]:
        yield from _check_track(track, *_limits(piece, track.name))


def _limits(piece: Piece, name: str) -> tuple[int, int, set[int]]:
    """Lowest and highest pitch of an instrument, and the drums that it has."""
    player = piece.style.instruments[name]
    return player.low, player.high, {CRASH} | {key for level in player.kit for key in level.drums}


def _check_track(track: mido.MidiTrack, low: int, high: int, drums: set[int]) -> Iterator[str]:
    sounding: set[int] = set()
    for event in track:
        if event.type not in ("note_on", "note_off"):
            continue
        begins = event.type == "note_on" and event.velocity > 0
        if begins == (event.note in sounding):
            yield f"mido: {track.name}: {event.note} {'struck while it sounds' if begins else 'let go of twice'}"
        if not (event.note in drums if track.name == DRUMS else low <= event.note <= high):
            yield f"mido: {track.name}: {event.note} is outside its range"
        sounding ^= {event.note}
    if sounding:
        yield f"mido: {track.name}: {sorted(sounding)} hang"


def _check_pretty(path: Path, piece: Piece) -> Iterator[str]:
    import pretty_midi

    score = pretty_midi.PrettyMIDI(str(path))
    read = [(note, player) for player in score.instruments for note in player.notes]
    if len(read) != len(piece.notes):
        yield f"pretty_midi: {len(read)} notes of {len(piece.notes)}"
    meant = sorted((note.start, note.pitch) for note in piece.notes)
    found = sorted((note.start, note.pitch) for note, _ in read)
    if len(meant) == len(found) and not np.allclose([s for s, _ in meant], [s for s, _ in found], atol=_NEAR):
        yield "pretty_midi: notes are not at their seconds"
    if any(note.end > piece.duration + _NEAR or note.end <= note.start for note, _ in read):
        yield "pretty_midi: a note outlasts the piece or is empty"
    pitched = sorted(((n.pitch, n.start, n.end) for n, player in read if not player.is_drum))
    if any(a[0] == b[0] and b[1] < a[2] - 1e-6 for a, b in pairwise(pitched)):
        yield "pretty_midi: a pitch sounds twice at once"
    key = piece.sheet.key
    if [k.key_number for k in score.key_signature_changes] != [key.tonic + 12 * (key.mode == "minor")]:
        yield f"pretty_midi: the key is not {key}"
    tempo = score.get_tempo_changes()[1]
    if not len(tempo) or abs(tempo[0] - 60 / piece.sheet.grid.times[1]) > 0.01 * tempo[0]:
        yield "pretty_midi: the first beat has another tempo"


def _check_music21(path: Path, piece: Piece) -> Iterator[str]:
    import music21

    events = music21.midi.MidiFile()
    events.open(str(path))
    events.read()
    events.close()
    kinds = [event.type for event in events.tracks[0].events]
    if (found := kinds.count(music21.midi.MetaEvents.MARKER)) != expected_markers(piece):
        yield f"music21: {found} markers, {expected_markers(piece)} sections and cuts"
    if not piece.notes:
        return  # without a track of notes music21 drops key and tempo
    few = len(piece.notes) <= _FEW
    if not few:
        events.tracks = [events.tracks[0], min(events.tracks[1:], key=lambda track: len(track.events))]
    flat = music21.midi.translate.midiFileToStream(events, quantizePost=False).flatten()
    key = flat.getElementsByClass(music21.key.Key).first()
    if key is None or (key.tonic.pitchClass, key.mode) != piece.sheet.key:
        yield f"music21: the key is {key}, not {piece.sheet.key}"
    if flat.getElementsByClass(music21.tempo.MetronomeMark).first() is None:
        yield "music21: no tempo"
    pitches = {pitch.midi for note in flat.notes for pitch in note.pitches}
    if few and any(note.pitch not in pitches for note in piece.notes if note.instrument != DRUMS):
        yield "music21: pitches are missing"
