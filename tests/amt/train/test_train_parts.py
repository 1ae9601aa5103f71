"""The pieces of training: statistics, schedule, hiding of modalities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.amt.synthetic_songs import make_song, without_video

from amt.model import Rhythm, RhythmConfig
from amt.model.batch import songs_to_batch
from amt.train.history import readable
from amt.train.rhythm_task import songs_to_stretch
from amt.train.schedule import learning_rate_share
from amt.train.statistics import set_feature_statistics, set_target_statistics
from amt.train.task import hide_modalities


def test_statistics_are_those_of_what_was_measured():
    songs = [make_song("a", 9), make_song("b", 4), without_video(make_song("c", 30))]
    songs[1] = replace(songs[1], density=np.full(4, np.nan, dtype=np.float32))
    model = Rhythm(RhythmConfig())
    set_feature_statistics(model.features, songs)
    set_target_statistics(model, songs)
    seen = np.concatenate([song.semantic for song in songs[:2]]).astype(np.float64)
    np.testing.assert_allclose(model.features.mean[:768], seen.mean(0), atol=1e-6)
    np.testing.assert_allclose(model.features.scale[:768], seen.std(0), rtol=1e-4)
    offsets = np.log1p(np.concatenate([song.scene_offset for song in songs[:2]]))
    assert float(model.features.mean[768]) == pytest.approx(offsets.mean(), abs=1e-6)
    density = np.concatenate([songs[0].density, songs[2].density])
    assert float(model.target_mean[0]) == pytest.approx(density.mean(), abs=1e-5)
    assert float(model.target_scale[0]) == pytest.approx(density.std(), abs=1e-5)


def test_a_modality_that_nobody_measured_keeps_its_scale():
    model = Rhythm(RhythmConfig())
    set_feature_statistics(model.features, [without_video(make_song("a", 5))])
    assert (model.features.mean == 0).all()
    assert (model.features.scale == 1).all()


def test_learning_rate_rises_to_its_peak_and_falls():
    cosine = [learning_rate_share(step, 10, 100, "cosine") for step in range(101)]
    assert cosine[0] == pytest.approx(0.1)
    assert cosine[9] == cosine[10] == 1
    assert cosine[100] == pytest.approx(0.05)
    assert cosine[10:] == sorted(cosine[10:], reverse=True)
    assert learning_rate_share(399, 100, 1000, "inverse_sqrt") == pytest.approx(0.5)
    assert learning_rate_share(0, 0, 1, "constant") == 1


def test_hiding_hides_whole_modalities_at_about_the_asked_rate():
    torch.manual_seed(0)
    video = songs_to_batch([make_song("a", 2)] * 500).video
    present = hide_modalities(video, 0.2).present
    assert (present == present[:, :1]).all(), "a modality is hidden in a whole song or not at all"
    assert float((~present[:, 0]).float().mean()) == pytest.approx(0.2, abs=0.03)
    assert hide_modalities(video, 0.0).present.all()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(8.44, "8.4 s"), (59.94, "59.9 s"), (200, "3 min 20 s"), (3599.7, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert readable(seconds) == said


def test_answers_are_stretched_to_the_wanted_spread_and_never_narrowed():
    torch.manual_seed(0)
    songs = [make_song("a", 30), replace(make_song("b", 20), loudness=np.full(20, np.nan, dtype=np.float32))]
    model = Rhythm(RhythmConfig(network="gru", hidden=8, layers=1))
    set_target_statistics(model, songs)
    model.target_mean += 100  # so that nothing is cut at zero
    model.stretch.copy_(songs_to_stretch(model, songs, 0.6))
    with torch.no_grad():
        density = torch.cat([model(songs_to_batch([song]).video)[0, :, 0] for song in songs])
    truth = np.concatenate([song.density for song in songs])
    assert float(density.std(correction=0)) == pytest.approx(0.6 * truth.std(), rel=1e-3)
    assert (songs_to_stretch(model, songs, 1e-6) == 1).all()
    constant = Rhythm(RhythmConfig(hidden=8, layers=1))
    assert (songs_to_stretch(constant, songs, 0.6) == 1).all(), "towers begin as the mean"
