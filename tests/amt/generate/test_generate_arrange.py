"""From chords and predictions to notes: counts, registers, loudness, endings."""

from __future__ import annotations

import random

import numpy as np
import pytest

from amt.generate.arrange import chords_to_notes, closing_second, density_to_pattern, loudness_to_velocity
from amt.generate.ending import resolve
from amt.generate.notes import clean_notes, notes_to_density
from amt.generate.voicing import ARPEGGIO_HIGH, BASS_LOW, BLOCK_HIGH, REST, voice_chord
from muvisync.chords import CHORDS, chord_pitch_classes
from muvisync.soundfont import Note


@pytest.mark.parametrize("voices", [3, 4])
@pytest.mark.parametrize("count", range(1, 19))
def test_a_pattern_has_as_many_notes_as_were_predicted(count, voices):
    assert sum(density_to_pattern(count + 0.2, voices)) == count


def test_no_density_still_has_a_bass_and_a_huge_one_has_an_end():
    assert sum(density_to_pattern(0.0, 3)) == 1
    assert sum(density_to_pattern(500.0, 3)) == 21


@pytest.mark.parametrize("label", CHORDS[1:])
def test_a_voicing_is_the_chord_and_close_to_the_one_before(label):
    pitches = voice_chord(label, REST)
    assert {pitch % 12 for pitch in pitches} == set(chord_pitch_classes(label))
    assert len(set(pitches)) == len(pitches) and pitches[-1] - pitches[0] < 12 and pitches[-1] <= BLOCK_HIGH
    assert voice_chord(label, pitches) == pitches


def test_voices_move_less_than_root_positions_would():
    hand, moved = voice_chord("C", REST), 0
    for label in ("F", "G", "A:min", "C"):
        following = voice_chord(label, hand)
        moved += sum(abs(a - b) for a, b in zip(hand, following, strict=True))
        hand = following
    assert moved <= 20  # root positions move 54 semitones here


def test_realised_density_follows_prediction():
    chance = np.random.default_rng(1)
    density = chance.uniform(1, 16, 60)
    chords = [CHORDS[i] for i in chance.integers(1, 157, 60)]
    notes = chords_to_notes(chords, density, np.full(60, 0.15), 60.0)
    realised = notes_to_density(notes, 60)
    assert np.corrcoef(density, realised)[0, 1] > 0.97
    assert np.abs(density - realised).mean() < 0.5


def test_velocity_follows_loudness():
    velocities = [loudness_to_velocity(loudness, 6) for loudness in np.linspace(0, 0.5, 20)]
    assert velocities == sorted(velocities) and velocities[0] < 40 < 100 < velocities[-1]
    assert loudness_to_velocity(0.15, 12) < loudness_to_velocity(0.15, 3)  # many notes are louder together


def test_random_pieces_have_no_unison_no_hanging_note_and_keep_their_registers():
    for seed in range(60):
        chance = random.Random(seed)
        duration = round(chance.choice([0.1, 0.6, 1.0, 1.4, 5.2, 12.001, 31.5]), 3)
        seconds = int(np.ceil(duration))
        chords = [chance.choice(CHORDS) for _ in range(seconds)]
        density = np.array([chance.uniform(0, 40) for _ in chords])
        loudness = np.array([chance.uniform(0, 1.2) for _ in chords])
        check_notes(chords_to_notes(chords, density, loudness, duration), duration)


def check_notes(notes: list[Note], duration: float) -> None:
    assert notes == sorted(notes)
    until: dict[int, float] = {}
    for note in notes:
        assert 0 <= note.start < note.end <= duration and note.end - note.start >= 0.03
        assert 1 <= note.velocity <= 127 and BASS_LOW - 12 <= note.pitch <= ARPEGGIO_HIGH
        assert note.start >= until.get(note.pitch, 0.0)
        until[note.pitch] = note.end


def test_no_chord_is_a_rest():
    assert chords_to_notes(["N"] * 4, np.full(4, 8.0), np.full(4, 0.1), 4.0) == []


def test_clean_notes_releases_a_pitch_before_it_is_struck_again():
    notes = [Note(0.0, 2.0, 60, 80, "piano"), Note(1.0, 9.0, 60, 70, "piano"), Note(0.0, 2.0, 60, 90, "bass")]
    assert clean_notes(notes, 3.0) == [Note(0.0, 1.0, 60, 90, "bass"), Note(1.0, 3.0, 60, 70, "piano")]


def test_the_last_chord_is_held_to_the_end():
    notes = chords_to_notes(["C"] * 6, np.full(6, 8.0), np.full(6, 0.1), 5.3)
    last = [note for note in notes if note.start >= closing_second(5.3)]
    assert closing_second(5.3) == 4 and {note.end for note in last} == {5.3} and len(last) == 8


@pytest.mark.parametrize(
    ("mode", "duration", "ending"),
    [("major", 8.0, ["G", "C"]), ("minor", 8.2, ["E", "A:min", "A:min"]), ("major", 2.0, ["D", "C"])],
)
def test_music_ends_on_the_tonic(mode, duration, ending):
    assert resolve(["D"] * int(np.ceil(duration)), mode, duration, kept=0)[-len(ending) :] == ending


def test_the_ending_leaves_the_users_own_chords():
    assert resolve(["D", "F", "D", "F"], "major", 4.0, kept=4) == ["D", "F", "D", "F"]
