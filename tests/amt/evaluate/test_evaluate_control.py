"""Which features each control puts in the place of a song's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from tests.amt.synthetic_songs import make_song, without_video

from amt.evaluate.control import controls, with_other_videos
from amt.evaluate.looks import control_figures, control_tables
from amt.evaluate.predict import songs_to_logits
from amt.model import MODALITIES
from muvisync.chords import VOCABULARY_SIZE


def test_the_control_gives_every_song_another_video_of_its_length():
    songs = [make_song("b", 9), make_song("a", 4), make_song("c", 6), without_video(make_song("d", 5))]
    swapped = with_other_videos(songs, songs)
    assert [song.video_id for song in swapped] == ["a", "b", "c"]
    for song, partner in zip(swapped, ("b", "c", "a"), strict=True):
        own = next(s for s in songs if s.video_id == song.video_id)
        other = next(s for s in songs if s.video_id == partner)
        np.testing.assert_array_equal(song.chords, own.chords)
        np.testing.assert_array_equal(song.semantic, other.semantic[np.arange(own.seconds) % other.seconds])
        assert song.present.shape == (own.seconds, 4)


def test_a_single_song_takes_its_partner_from_the_pool():
    song, other = make_song("a", 4), replace(make_song("z", 4), split="train")
    np.testing.assert_array_equal(with_other_videos([song], [song, other])[0].emotion, other.emotion)
    assert with_other_videos([song], [song]) == []


def test_each_partner_is_another_video():
    songs = [make_song(name, 5) for name in "abcd"]
    partners = [with_other_videos(songs, songs, shift) for shift in (1, 2, 3)]
    seen = [{swapped[0].semantic.tobytes() for swapped in partners}, {song.semantic.tobytes() for song in songs[1:]}]
    assert seen[0] == seen[1]
    assert with_other_videos(songs, songs, 4) == []


def test_every_control_changes_what_its_name_says():
    songs = [make_song(name, 5) for name in "abc"]
    found = dict(controls(songs, songs, 4))
    assert set(found) == {"other", "without all", *(f"{way} {m}" for way in ("other", "without") for m in MODALITIES)}
    assert len(found["other"]) == 2, "of three videos, two are others"
    for name in MODALITIES:
        for version in found[f"other {name}"]:
            for song, changed, other in zip(songs, version, songs[1:] + songs[:1], strict=True):
                for each in MODALITIES:
                    source = other if each == name else song
                    np.testing.assert_array_equal(getattr(changed, each), getattr(source, each))
        (removed,) = found[f"without {name}"]
        assert [song.present[:, MODALITIES.index(name)].any() for song in removed] == [False] * 3
        assert all(song.present.sum() == 5 * 3 for song in removed)
    assert not any(song.present.any() for song in found["without all"][0])
    assert all(song.present.all() for song in songs), "the songs themselves stay as they are"


def test_without_another_video_modalities_can_still_be_removed():
    song = make_song("a", 4)
    assert {name.split()[0] for name, _ in controls([song], [song], 3)} == {"without"}
    assert list(controls([without_video(song)], [song], 3)) == []


class SeesEmotion(torch.nn.Module):
    """Says the chord of the strongest emotion's number, as surely as that is measured."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(5.0))

    def forward(self, video, chords, key):
        known = video.emotion * video.present[..., MODALITIES.index("emotion"), None]
        return torch.nn.functional.pad(self.weight * known, (0, VOCABULARY_SIZE - 6, 0, 1))


def test_the_table_names_the_modality_that_carries_it(default_params):
    songs = [make_song(name, 40) for name in ("a", "b", "c")] + [without_video(make_song("d", 5))]
    songs = [replace(song, chords=song.emotion.argmax(axis=1)) for song in songs]
    blind = replace(songs[2], present=songs[2].present & (np.array(MODALITIES) != "motion"))
    songs[2] = blind
    model, params = SeesEmotion(), default_params.evaluate
    tables = control_tables(model, songs, songs_to_logits(model, songs, 2), songs, params)
    found = control_figures(tables, params)
    assert found["songs"] == 3 and np.isnan(tables["without motion"]["hits1"]).tolist() == [False, False, True]
    for way in ("other", "without"):
        changes = {name: found["parts"][f"{way} {name}"]["cross_entropy"] for name in MODALITIES}
        assert changes["emotion"]["interval"][0] > 0.2
        assert all(changes[name]["difference"] == 0 for name in MODALITIES if name != "emotion")
    assert found["parts"]["without all"] == found["parts"]["without emotion"]
    assert found["cross_entropy"]["difference"] > 0.2 and found["hits1"]["interval"][1] < 0
