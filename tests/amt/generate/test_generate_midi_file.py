"""The MIDI file as others read it: pretty_midi, mido and music21."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import mido
import music21
import numpy as np
import pretty_midi
import pytest
from tests.amt.generate.lead_sheets import make_sheet

from amt.generate.arrangement import arrange
from amt.generate.lead_sheet import LeadSheet
from amt.generate.output.midi_file import write_midi
from amt.generate.styles import list_styles, read_style
from muvisync.soundfont import DRUMS, Note


def made(path: Path, seed: int, style: str, length: float) -> tuple[LeadSheet, list[Note]]:
    sheet, players = make_sheet(seed, length), read_style(style)
    notes = arrange(sheet, players, seed)
    write_midi(notes, sheet, players, path)
    return sheet, notes


@pytest.mark.parametrize("style", list_styles())
def test_notes_are_at_their_seconds_on_their_tracks(tmp_path: Path, style: str):
    for seed, length in enumerate((0.1, 5.0, 40.0)):
        sheet, notes = made(tmp_path / "a.mid", seed, style, length)
        score = pretty_midi.PrettyMIDI(str(tmp_path / "a.mid"))
        programs = read_style(style).programs
        assert {(i.name, i.program, i.is_drum) for i in score.instruments} == {
            (name, programs[name], name == DRUMS) for name in {note.instrument for note in notes}
        }
        for track in score.instruments:
            mine = sorted((n.start, n.pitch, n.end, n.velocity) for n in notes if n.instrument == track.name)
            read = sorted((n.start, n.pitch, n.end, n.velocity) for n in track.notes)
            assert len(read) == len(mine)
            key = lambda row: (round(row[0], 1), row[1], row[0])  # noqa: E731
            for ours, theirs in zip(sorted(mine, key=key), sorted(read, key=key), strict=True):
                assert np.allclose(ours, theirs, atol=0.002)
        beats = score.get_beats()[: sheet.grid.beats]
        assert np.allclose(beats, sheet.grid.times[: len(beats)], atol=0.001)


def test_no_note_hangs_or_is_struck_twice(tmp_path: Path):
    made(tmp_path / "a.mid", 1, "band", 30.0)
    for track in mido.MidiFile(tmp_path / "a.mid").tracks:
        sounding = set()
        for event in track:
            if event.type == "note_on":
                assert (event.channel, event.note) not in sounding
                sounding.add((event.channel, event.note))
            elif event.type == "note_off":
                sounding.remove((event.channel, event.note))
        assert not sounding


def test_it_lasts_as_long_as_the_video_and_says_key_bars_chords_and_markers(tmp_path: Path):
    sheet, _ = made(tmp_path / "a.mid", 2, "orchestral", 30.0)
    score = mido.MidiFile(tmp_path / "a.mid")
    assert score.length == pytest.approx(30.0, abs=0.001)
    texts = [event.text for event in score.tracks[0] if event.type == "text"]
    assert texts == [span.label for span in sheet.chords]
    markers = [event.text for event in score.tracks[0] if event.type == "marker"]
    assert sum(text.startswith("cut") for text in markers) == len(sheet.grid.cuts)
    assert [text for text in markers if text.startswith("section")] == [
        f"section {number}: {mood}" for number, mood in enumerate(sheet.moods, 1)
    ]
    read = pretty_midi.PrettyMIDI(str(tmp_path / "a.mid"))
    assert read.key_signature_changes[0].key_number == sheet.key.tonic + 12 * (sheet.key.mode == "minor")
    lengths = [end - first for first, end in pairwise((*sheet.grid.bars, sheet.grid.beats))]
    changes = [n for place, n in enumerate(lengths) if place == 0 or n != lengths[place - 1]]
    assert [change.numerator for change in read.time_signature_changes] == changes


def test_music21_reads_it(tmp_path: Path):
    sheet, notes = made(tmp_path / "a.mid", 3, "piano", 12.0)
    score = music21.converter.parse(str(tmp_path / "a.mid"), quantizePost=False)
    flat = score.flatten()
    assert len(score.parts) == len({note.instrument for note in notes})
    key = flat.getElementsByClass(music21.key.Key).first()
    assert (key.tonic.pitchClass, key.mode) == (sheet.key.tonic, sheet.key.mode)
    assert flat.getElementsByClass(music21.tempo.MetronomeMark).first().number == pytest.approx(
        60 / sheet.grid.times[1], rel=0.02
    )
    pitches = sorted(pitch.midi for note in flat.notes for pitch in note.pitches)
    assert set(pitches) == {note.pitch for note in notes}


def test_the_same_notes_give_the_same_bytes(tmp_path: Path):
    for name in ("a.mid", "b.mid"):
        made(tmp_path / name, 4, "band", 10.0)
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
