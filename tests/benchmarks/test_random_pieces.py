"""What the checks of random pieces find where a file is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from benchmarks._random_case import invent_case
from benchmarks._random_midi import check_midi

from amt.generate.compose import Piece, compose
from amt.generate.output.midi_file import write_midi
from benchmarks import random_pieces


@pytest.fixture(scope="module")
def piece() -> Piece:
    case = invent_case(0, 8.0)
    return compose(case.models, case.seen, 6.0, replace(case.wish, style="piano", instruments=()))[0]


def _conductor(score: mido.MidiFile, kind: str) -> None:
    score.tracks[0] = mido.MidiTrack(event for event in score.tracks[0] if event.type != kind)


def _hang(score: mido.MidiFile) -> None:
    track = score.tracks[-1]
    track.pop(max(n for n, event in enumerate(track) if event.type == "note_off"))


def _move(score: mido.MidiFile) -> None:
    for number, event in enumerate(score.tracks[1]):
        if event.type in ("note_on", "note_off"):
            score.tracks[1][number] = event.copy(note=event.note + 60)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda score: _conductor(score, "marker"), "music21: 0 markers"),
        (lambda score: _conductor(score, "key_signature"), "music21: the key is None"),
        (lambda score: _conductor(score, "set_tempo"), "mido: no set_tempo at the start"),
        (_hang, "hang"),
        (_move, "is outside its range"),
        (lambda score: score.tracks[1].append(mido.MetaMessage("end_of_track", time=9600)), "s long, the piece"),
        (lambda score: score.tracks.pop(), "pretty_midi: "),
    ],
)
def test_a_broken_midi_file_is_found(tmp_path: Path, piece: Piece, spoil: Callable, words: str):
    path = tmp_path / "a.mid"
    write_midi(piece.notes, piece.sheet, piece.style, path)
    assert list(check_midi(path, piece)) == []
    score = mido.MidiFile(path)
    spoil(score)
    score.save(path)
    assert words in "\n".join(check_midi(path, piece))


def test_cases_differ_in_all_that_may_and_come_again():
    cases = [invent_case(seed) for seed in range(60)]
    lengths = np.array([float(case.frames / case.rate) for case in cases])
    assert lengths.min() >= 2 and lengths.max() <= 181 and (lengths > 60).any() and (lengths % 1 > 0.01).any()
    assert any(not case.seen.cuts for case in cases) and any(len(case.seen.cuts) > 100 for case in cases)
    assert (
        {bool(case.wish.instruments) for case in cases} == {case.extras.keep_audio for case in cases} == {True, False}
    )
    again = invent_case(7)
    assert (again.wish, again.frames, again.seen.cuts) == (cases[7].wish, cases[7].frames, cases[7].seen.cuts)


def test_the_command_ends_with_what_it_found(monkeypatch, capsys):
    monkeypatch.setattr(random_pieces, "check_random_piece", lambda seed: ["silent"] if seed == 5 else [])
    assert not random_pieces.main("--first", "4", "--count", "3")
    assert capsys.readouterr().out.startswith("seed 5: silent\n3 of 3: 1 with problems")
    assert random_pieces.main("--count", "4")
