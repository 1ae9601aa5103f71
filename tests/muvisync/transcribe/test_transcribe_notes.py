from __future__ import annotations

from pathlib import Path

import numpy as np
import pretty_midi

from muvisync.transcribe.audio import RATE
from muvisync.transcribe.notes import NOTE, audio_to_notes, empty_notes, notes_to_midi, notes_to_note_density


def notes(*rows: tuple[float, float, int, int]) -> np.ndarray:
    return np.array(list(rows), NOTE)


def test_density_counts_what_sounds_in_a_second():
    """By hand: start < s + 1 and end > s."""
    heard = notes((0.0, 1.0, 60, 90), (0.5, 2.5, 64, 90), (1.0, 1.2, 67, 90), (3.999, 9.0, 72, 90))
    assert notes_to_note_density(heard, 6).tolist() == [2, 2, 1, 1, 1, 1]


def test_density_of_nothing_is_zero():
    assert notes_to_note_density(empty_notes(), 3).tolist() == [0, 0, 0]


def test_midi_keeps_every_millisecond(tmp_path: Path):
    written = notes((0.001, 0.123, 60, 1), (0.123, 3599.999, 60, 127), (0.5, 0.75, 108, 64))
    notes_to_midi(written, tmp_path / "a.mid")
    (piano,) = pretty_midi.PrettyMIDI(str(tmp_path / "a.mid")).instruments
    read = sorted((round(n.start, 3), round(n.end, 3), n.pitch, n.velocity) for n in piano.notes)
    assert read == sorted(row.item() for row in written)


def test_midi_without_notes_can_be_read(tmp_path: Path):
    notes_to_midi(empty_notes(), tmp_path / "a.mid")
    assert not any(instrument.notes for instrument in pretty_midi.PrettyMIDI(str(tmp_path / "a.mid")).instruments)


def test_a_scale_is_transcribed_where_it_was_played(play):
    played = [(0.5 * i, 0.5 * i + 0.45, pitch) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]
    heard = audio_to_notes(play(played, 4.0))
    found = [any(n["pitch"] == pitch and abs(n["start"] - start) < 0.06 for n in heard) for start, _, pitch in played]
    assert all(found)
    assert len(heard) <= len(played) + 2
    assert np.all(heard["end"] > heard["start"])
    assert np.all((heard["velocity"] >= 1) & (heard["velocity"] <= 127))


def test_the_end_of_a_long_recording_is_heard_on_time(play):
    """basic-pitch counts 86 frames a second, there are 86.6: it drops the last .7 % (here .5 s)."""
    silence = np.zeros(65 * RATE, np.float32)
    heard = audio_to_notes(np.concatenate([silence, play([(0.0, 0.6, 69)], 0.6)]))
    last = heard[heard["pitch"] == 69][-1]
    assert abs(last["start"] - 65.0) < 0.05
    assert last["end"] > 65.3


def test_a_pitch_never_sounds_twice_at_once(cadence):
    heard = audio_to_notes(cadence)
    for pitch in np.unique(heard["pitch"]):
        same = heard[heard["pitch"] == pitch]
        assert np.all(same["start"][1:] >= same["end"][:-1])


def test_a_click_too_short_for_any_note_is_no_error():
    assert len(audio_to_notes(np.full(40, 0.5, np.float32))) == 0
