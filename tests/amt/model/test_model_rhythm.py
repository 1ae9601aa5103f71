"""The Bi-GRU: padding, units, missing modalities."""

from __future__ import annotations

import torch
from synthetic_songs import make_song, without_video

from amt.model import Rhythm, RhythmConfig
from amt.model.batch import songs_to_batch


def test_padding_changes_nothing():
    torch.manual_seed(0)
    model = Rhythm(RhythmConfig(hidden=8)).eval()
    short, long = make_song("short", 4), make_song("long", 11)
    with torch.no_grad():
        alone = model(songs_to_batch([short]).video)[0]
        together = model(songs_to_batch([long, short]).video)[1, :4]
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=1e-5)


def test_answers_are_in_real_units_and_never_negative():
    model = Rhythm(RhythmConfig(hidden=8)).eval()
    video = songs_to_batch([make_song("a", 6)]).video
    model.target_mean.copy_(torch.tensor([8.0, -5.0]))
    with torch.no_grad():
        answer, standard = model(video), model.standardised(video)
    torch.testing.assert_close(answer[..., 0], standard[..., 0] + 8)
    assert (answer[..., 1] == 0).all()


def test_a_video_without_features_is_no_crash():
    answer = Rhythm(RhythmConfig())(songs_to_batch([without_video(make_song("a", 1))]).video)
    assert answer.shape == (1, 1, 2)
    assert torch.isfinite(answer).all()
