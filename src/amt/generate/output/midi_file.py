"""Notes and their lead sheet to a MIDI file for a DAW: tempo map, bars, key, chord names, markers, a track each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import mido
import numpy as np

from amt.generate.lead_sheet import LeadSheet
from amt.generate.styles import Style
from muvisync.chords import Key
from muvisync.files import temporary
from muvisync.soundfont import DRUMS, Note

TICKS = 960
"""Ticks a beat: at a second a beat, half a tick is half a millisecond."""
_DRUM_CHANNEL = 9
_MAJOR = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")
_LONGEST_BEAT = 2**24 - 1  # microseconds that a tempo event can hold

Timed = tuple[int, int, mido.Message | mido.MetaMessage]
"""Tick, order among the events of a tick, event."""


def write_midi(notes: Iterable[Note], sheet: LeadSheet, style: Style, path: Path) -> None:
    """Write a type 1 MIDI file: first a track of what holds for all, then one an instrument, the drums on channel 10.

    The tempo changes with the grid, so that notes land within a millisecond of their seconds. Chord names are text
    events, cuts and sections markers. The same arguments give the same bytes.
    """
    played = sorted(notes)
    times = _tempo_times(sheet.grid.times)
    score = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    score.tracks.append(_to_track(style.name, _conductor(sheet), sheet.grid.beats * TICKS))
    names = [name for name in style.instruments if any(note.instrument == name for note in played)]
    channels = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    melodic = [name for name in names if name != DRUMS]
    for name in names:
        channel = _DRUM_CHANNEL if name == DRUMS else channels[melodic.index(name) % len(channels)]
        mine = [note for note in played if note.instrument == name]
        events = _strokes(mine, channel, times)
        events.append((0, 0, mido.Message("program_change", channel=channel, program=style.programs[name])))
        score.tracks.append(_to_track(name, events, sheet.grid.beats * TICKS))
    with temporary(path) as draft:
        score.save(str(draft))


def seconds_to_ticks(seconds: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Ticks of times in seconds on beats at `times` (beats + 1,); int64, the same shape."""
    beats = np.interp(seconds, times, np.arange(len(times)))
    return np.round(beats * TICKS).astype(np.int64)


def _tempo_times(times: np.ndarray) -> np.ndarray:
    """The beats' times as whole microseconds a beat give them; they stay within half a microsecond of the grid's."""
    return np.round(times * 1e6) / 1e6


def _conductor(sheet: LeadSheet) -> list[Timed]:
    grid = sheet.grid
    lengths = np.diff(np.round(grid.times * 1e6).astype(np.int64))
    events: list[Timed] = [(0, 0, mido.MetaMessage("key_signature", key=_key_name(sheet.key)))]
    for beat, length in enumerate(lengths):
        if beat == 0 or length != lengths[beat - 1]:
            tempo = int(np.clip(length, 1, _LONGEST_BEAT))
            events.append((beat * TICKS, 2, mido.MetaMessage("set_tempo", tempo=tempo)))
    before = 0
    for first, end in zip(grid.bars, (*grid.bars[1:], grid.beats), strict=True):
        if end - first != before:
            before = end - first
            events.append((first * TICKS, 1, mido.MetaMessage("time_signature", numerator=before, denominator=4)))
    events += [(span.beat * TICKS, 3, mido.MetaMessage("text", text=span.label)) for span in sheet.chords]
    return events + _markers(sheet)


def _markers(sheet: LeadSheet) -> list[Timed]:
    grid = sheet.grid
    sections = [
        (first * TICKS, 4, mido.MetaMessage("marker", text=f"section {number}: {mood}"))
        for number, (first, mood) in enumerate(zip(grid.sections, sheet.moods, strict=True), 1)
    ]
    ticks = seconds_to_ticks(np.array([cut.time for cut in grid.cuts]), grid.times)
    cuts = [
        (int(tick), 5, mido.MetaMessage("marker", text=f"cut {number}" + ("" if cut.beat is not None else " (passed)")))
        for number, (tick, cut) in enumerate(zip(ticks, grid.cuts, strict=True), 1)
    ]
    return sections + cuts


def _strokes(notes: list[Note], channel: int, times: np.ndarray) -> list[Timed]:
    """Note events of an instrument; at one tick notes stop before others start, and a note is a tick long at least."""
    starts = seconds_to_ticks(np.array([note.start for note in notes]), times)
    ends = np.maximum(seconds_to_ticks(np.array([note.end for note in notes]), times), starts + 1)
    events: list[Timed] = []
    for note, start, end in zip(notes, starts, ends, strict=True):
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events += [(int(start), 2, on), (int(end), 1, off)]
    return events


def _to_track(name: str, events: list[Timed], end: int) -> mido.MidiTrack:
    """Events in order of time, each with its ticks since the one before; the track lasts to the end of the piece."""
    track, tick = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
    for at, _, event in sorted(events, key=lambda timed: (timed[0], timed[1], str(timed[2]))):
        track.append(event.copy(time=at - tick))
        tick = at
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - tick)))
    return track


def _key_name(key: Key) -> str:
    return (_MINOR if key.mode == "minor" else _MAJOR)[key.tonic]
