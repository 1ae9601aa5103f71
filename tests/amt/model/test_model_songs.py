"""Songs as read from Parquet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.amt.synthetic_songs import make_song, small_songs, without_chords, without_video, write_dataset

from amt.model.songs import NoSongs, read_songs
from muvisync.chords import PAD
from muvisync.schema import SchemaError


def test_songs_come_back_as_they_were(tmp_path):
    songs = small_songs()
    found = read_songs(write_dataset(tmp_path, songs))
    assert [song.video_id for song in found] == sorted(song.video_id for song in songs)
    wanted = {song.video_id: song for song in songs}
    for song in found:
        for name in ("semantic", "scene_offset", "motion", "emotion", "present", "chords", "density", "loudness"):
            np.testing.assert_allclose(getattr(song, name), getattr(wanted[song.video_id], name), rtol=1e-6)
        assert (song.split, song.mode) == (wanted[song.video_id].split, "major")


def test_what_is_missing_is_marked(tmp_path):
    song = make_song("a", 6)
    present = song.present.copy()
    present[2:4, 0] = False
    density = np.where(np.arange(6) == 1, np.nan, song.density)
    chords = np.where(np.arange(6) == 5, PAD, song.chords)
    holes = replace(song, present=present, density=density, chords=chords, mode=None)
    blind, mute = without_video(make_song("b", 3)), without_chords(make_song("c", 1))
    found = {s.video_id: s for s in read_songs(write_dataset(tmp_path, [holes, blind, mute]))}
    np.testing.assert_array_equal(found["a"].present, present)
    assert (found["a"].semantic[2:4] == 0).all()
    np.testing.assert_array_equal(found["a"].chords, chords)
    np.testing.assert_array_equal(np.isnan(found["a"].density), np.isnan(density))
    assert found["a"].mode is None
    assert not found["b"].has_video
    assert not found["c"].has_chords
    assert found["c"].has_rhythm


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_missing(tmp_path, value):
    song = make_song("a", 6)
    semantic, emotion = song.semantic.copy(), song.emotion.copy()
    semantic[1, 700], emotion[2, 5] = value, value
    motion = np.where(np.arange(6) == 3, value, song.motion).astype(np.float32)
    loudness = np.where(np.arange(6) == 4, value, song.loudness).astype(np.float32)
    present = song.present.copy()
    present[5, 0] = False  # and one that is null beside it
    broken = replace(song, semantic=semantic, emotion=emotion, motion=motion, loudness=loudness, present=present)
    (found,) = read_songs(write_dataset(tmp_path, [broken]))
    present[1, 0] = present[3, 2] = present[2, 3] = False
    np.testing.assert_array_equal(found.present, present)
    for name, place in (("semantic", 0), ("scene_offset", 1), ("motion", 2), ("emotion", 3)):
        np.testing.assert_array_equal(getattr(found, name)[present[:, place]], getattr(broken, name)[present[:, place]])
        assert not getattr(found, name)[~present[:, place]].any()
    np.testing.assert_array_equal(np.isnan(found.loudness), np.arange(6) == 4)


def test_only_the_wanted_splits(tmp_path):
    assert {s.split for s in read_songs(write_dataset(tmp_path, small_songs()), ("val",))} == {"val"}


def test_no_dataset_names_the_next_step(tmp_path):
    with pytest.raises(NoSongs, match="muvisync run"):
        read_songs(tmp_path)


def test_a_shard_that_lacks_a_song_is_refused(tmp_path):
    write_dataset(tmp_path, small_songs())
    write_dataset(tmp_path / "other", small_songs()[:4])
    (tmp_path / "other" / "part-00000.parquet").replace(tmp_path / "part-00000.parquet")
    with pytest.raises(SchemaError, match="lack"):
        read_songs(tmp_path)
