"""The regressor: padding, units, missing modalities, places in the song."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from tests.amt.synthetic_songs import make_song, without_video
from torch import Tensor

from amt.model import MODALITIES, Rhythm, RhythmConfig
from amt.model.batch import songs_to_batch
from amt.model.places import PLACES, mask_to_places
from amt.model.songs import Song

NETWORKS = ("towers", "gru")


def make_model(network: str) -> Rhythm:
    """Random weights everywhere: towers begin as the mean, which would hide what they see."""
    torch.manual_seed(0)
    model = Rhythm(RhythmConfig(network=network, hidden=8, layers=2)).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return model


@torch.no_grad()
def answer(model: Rhythm, *songs: Song) -> Tensor:
    return model.standardised(songs_to_batch(songs).video)


@pytest.mark.parametrize("network", NETWORKS)
def test_padding_changes_nothing(network):
    model = make_model(network)
    short, long = make_song("short", 4), make_song("long", 11)
    torch.testing.assert_close(answer(model, long, short)[1, :4], answer(model, short)[0], atol=1e-6, rtol=1e-5)


def test_answers_are_in_real_units_stretched_around_the_mean_and_never_negative():
    model = make_model("towers")
    video = songs_to_batch([make_song("a", 6)]).video
    model.target_mean.copy_(torch.tensor([8.0, -9.0]))
    model.target_scale.copy_(torch.tensor([2.0, 1.0]))
    model.stretch.fill_(1.5)
    with torch.no_grad():
        found, standard = model(video), model.standardised(video)
    torch.testing.assert_close(found[..., 0], standard[..., 0] * 1.5 * 2 + 8)
    assert (found[..., 1] == 0).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_a_video_without_features_is_no_crash(network):
    found = answer(make_model(network), without_video(make_song("a", 1)))
    assert found.shape == (1, 1, 2)
    assert torch.isfinite(found).all()


@pytest.mark.parametrize("place", range(len(MODALITIES)), ids=MODALITIES)
def test_every_modality_is_seen_and_what_is_not_measured_does_not_count(place):
    model, song = make_model("towers"), make_song("a", 20)
    present = song.present.copy()
    present[:, place] = False
    hidden = replace(song, present=present)
    assert not torch.allclose(answer(model, hidden), answer(model, song), atol=1e-3)
    values = getattr(song, MODALITIES[place])
    changed = replace(hidden, **{MODALITIES[place]: values + values.dtype.type(3)})
    torch.testing.assert_close(answer(model, changed), answer(model, hidden))


def test_loudness_sees_the_pictures_only_against_the_songs_mean():
    model = make_model("towers")
    for tower in model.network.towers:
        tower.level.weight.data.zero_()
    song = make_song("a", 20)
    other = replace(song, semantic=song.semantic + song.semantic.dtype.type(1))
    before, after = answer(model, song)[0], answer(model, other)[0]
    torch.testing.assert_close(before[:, 1], after[:, 1], atol=1e-3, rtol=0)
    assert not torch.allclose(before[:, 0], after[:, 0], atol=1e-3)


def test_places_know_the_start_and_the_end_but_not_that_of_a_cut_song():
    mask = torch.arange(300)[None] < torch.tensor([[200], [300], [1]])
    places = mask_to_places(mask, longest=300)
    assert places.shape == (3, 300, PLACES)
    assert (places[0, 200:] == 0).all()
    assert torch.isfinite(places).all()
    start, end = places[..., 0], places[..., 7]
    assert start[0, 0] == start[1, 0] == end[0, 199] == 1
    assert end[0, 198] < 0.5
    assert (end[1] == 0).all()
    assert places[1, 0, -1] == 1 > places[0, 0, -1]
