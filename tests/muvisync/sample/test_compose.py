from itertools import pairwise

import pytest

from muvisync.chords import CHORDS
from muvisync.sample.compose import FPS, MOODS, compose

CLIPS = [*range(30), 1000]


@pytest.mark.parametrize("index", CLIPS)
def test_clip_has_the_promised_shape(index):
    clip = compose(index)
    assert 24 <= clip.frames / FPS <= 40
    assert all(2 <= (scene.end - scene.start) / FPS <= 6 for scene in clip.scenes)
    assert all(1 <= (chord.end - chord.start) / FPS <= 4 for chord in clip.chords)
    assert {chord.label for chord in clip.chords} <= set(CHORDS)
    assert {scene.mood for scene in clip.scenes} <= set(MOODS)
    for parts in (clip.scenes, clip.chords):
        assert parts[0].start == 0 and parts[-1].end == clip.frames
        assert all(before.end == after.start for before, after in pairwise(parts))


@pytest.mark.parametrize("index", CLIPS)
def test_cuts_fall_on_chord_changes(index):
    clip = compose(index)
    assert {scene.start for scene in clip.scenes} <= {chord.start for chord in clip.chords}


def test_every_mood_hears_and_sees_the_same(index=3):
    clip = compose(index)
    for chord in clip.chords:
        scene = next(scene for scene in clip.scenes if scene.start <= chord.start < scene.end)
        assert (chord.mood, chord.energy) == (scene.mood, scene.energy)


def test_catalogue_has_twelve_roots_both_modes_and_all_moods():
    clips = [compose(index) for index in range(12)]
    assert len({clip.key.tonic for clip in clips}) == 12
    assert {clip.key.mode for clip in clips} == {"major", "minor"}
    assert {scene.mood for clip in clips for scene in clip.scenes} == set(MOODS)
    assert len({chord.label.partition(":")[2] for clip in clips for chord in clip.chords}) >= 9


def test_phrases_return():
    labels = [chord.label for chord in compose(0).chords]
    assert len(set(labels)) <= len(labels) / 2


def test_negative_index_is_refused():
    with pytest.raises(ValueError, match="numbered from 0"):
        compose(-1)
