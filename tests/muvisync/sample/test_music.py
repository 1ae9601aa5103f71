"""From chords to notes to sound: what is played, when it sounds, and what is written down about it."""

from collections import defaultdict

import numpy as np
import pytest

from muvisync.chords import chord_pitch_classes
from muvisync.sample.arrange import composition_to_notes, merge_unisons, voice
from muvisync.sample.compose import FPS, compose
from muvisync.sample.sound import notes_to_audio
from muvisync.sample.truth import audio_to_loudness, notes_to_density
from muvisync.soundfont import DRUMS, RATE, Note


@pytest.mark.parametrize("index", range(12))
def test_no_pitch_sounds_twice_at_once(index):
    ends = defaultdict(float)
    for note in composition_to_notes(compose(index)):
        if note.instrument != DRUMS:
            assert note.start >= ends[note.pitch]
            ends[note.pitch] = note.end


@pytest.mark.parametrize("index", range(12))
def test_notes_belong_to_the_chord(index):
    clip = compose(index)
    for note in composition_to_notes(clip):
        assert 0 <= note.start < note.end <= clip.frames / FPS
        if note.instrument != DRUMS:
            chord = next(chord for chord in clip.chords if chord.start / FPS <= note.start + 1e-6 < chord.end / FPS)
            assert note.pitch % 12 in chord_pitch_classes(chord.label)


def test_voicings_are_close_and_move_little():
    assert voice("C", [60, 64, 67]) == [60, 64, 67]
    assert voice("A:min", [60, 64, 67]) == [60, 64, 69]
    assert len(voice("B:dim7", [60, 64, 67])) == 4


def test_unisons_are_one_note_and_attacks_end_the_note_before():
    loud, soft = Note(0, 2, 60, 90, "piano"), Note(0.02, 2, 60, 40, "jazz guitar")
    again, drum = Note(1, 3, 60, 80, "jazz guitar"), Note(0, 9, 60, 80, DRUMS)
    assert merge_unisons([loud, soft, again, drum]) == [Note(0, 1, 60, 90, "piano"), drum, again]


def test_sound_keeps_time():
    """tinysoundfont's own sequencer can play at double speed; ours must not."""
    audio = notes_to_audio([Note(1, 1.5, 60, 100, "piano"), Note(3, 3.5, 60, 100, "piano")], 5.0)
    assert audio.shape == (5 * RATE, 2) and audio.dtype == np.float32
    heard = np.abs(audio).max(axis=1) > 0.01
    assert 1.0 <= np.argmax(heard) / RATE < 1.02
    assert not heard[int(2.6 * RATE) : int(2.99 * RATE)].any()
    assert heard[int(3.0 * RATE) : int(3.05 * RATE)].any()


@pytest.mark.parametrize("index", [1, 3])
def test_music_is_never_silent_and_never_clips(index):
    clip = compose(index)
    audio = notes_to_audio(composition_to_notes(clip), clip.frames / FPS)
    assert np.abs(audio).max() < 1
    assert min(audio_to_loudness(audio)[:-1]) > 0.01


def test_density_counts_the_sounding_notes():
    notes = [Note(0.5, 2.0, 60, 80, "piano"), Note(1.0, 1.2, 64, 80, "piano"), Note(0, 3, 36, 80, DRUMS)]
    assert notes_to_density(notes, 3) == [1, 2, 0]


def test_loudness_is_linear_rms():
    audio = np.full((RATE * 3 // 2, 2), 0.25, np.float32)
    assert audio_to_loudness(audio) == [0.25, 0.25]
