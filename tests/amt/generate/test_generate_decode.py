"""Sampling chords: seeds, primers, keys, long videos, and that the cache changes nothing."""

from __future__ import annotations

from inspect import signature
from itertools import groupby

import numpy as np
import pytest
import torch

from amt.generate.compose import compose
from amt.generate.predict import decode
from amt.generate.predict.decode import features_to_chords
from amt.generate.predict.features import Features, Seen, features_to_mode, features_to_video, fit_seconds, set_mood
from amt.generate.wish import Wish, to_wish
from amt.model import KEY_IDS, START
from amt.model.decode import LONGEST_HOLD, Sampling
from muvisync.chords import chord_to_id, parse_key
from muvisync.cli.generate import generate
from muvisync.errors import UserError
from muvisync.schema import EMOTIONS


def sample(models, features, seed=0, primer=(), mode="major", **sampling):
    settings = Sampling(**{"temperature": 1.0} | sampling)
    return features_to_chords(models.chords, features, mode, list(primer), settings, [seed])[0]


def test_same_seed_same_chords_and_another_seed_others(models, make_features):
    features = make_features(30)
    assert sample(models, features, 3) == sample(models, features, 3) != sample(models, features, 4)


@pytest.mark.parametrize("window", [300, 20])
def test_variants_together_are_what_each_is_alone(models, make_features, monkeypatch, window):
    monkeypatch.setattr(decode, "WINDOW", window)
    monkeypatch.setattr(decode, "CONTEXT", 6)
    features, primer = make_features(30), ["C", "F"]
    together = features_to_chords(models.chords, features, "major", primer, Sampling(1.0), [5, 6, 7])
    assert together == [sample(models, features, seed, primer) for seed in (5, 6, 7)]
    assert len({tuple(chords) for chords in together}) == 3


def test_top_p_leaves_the_likeliest_and_no_hold_lets_a_chord_stay(models, make_features):
    features = make_features(30)
    surest = sample(models, features, top_p=1e-9, longest_hold=None)
    assert surest == sample(models, features, 1, top_p=1e-9, longest_hold=None)
    assert surest == sample(models, features, 1, temperature=1e-4, longest_hold=None)
    assert sample(models, features, 1, top_p=0.9) != sample(models, features, 1)


def test_every_second_has_a_chord_and_none_is_held_for_good(models, make_features):
    chords = sample(models, make_features(60), temperature=0.01)
    assert len(chords) == 60 and "N" not in chords
    assert all(len(set(chords[at : at + LONGEST_HOLD + 1])) > 1 for at in range(60 - LONGEST_HOLD))


def test_the_primer_begins_the_piece_in_its_key(models, make_features):
    wish = Wish(key=parse_key("E minor"), primer=("E:min", "C", "G", "D"))
    (piece,) = compose(models, Seen(make_features(16)), 16.0, wish)
    labels = [span.label for span in piece.sheet.chords]
    assert labels[:4] == ["E:min", "C", "G", "D"] and labels[-1] == "E:min"
    assert str(piece.sheet.key) == "E minor"


def test_a_primer_longer_than_the_video_is_cut(models, make_features):
    assert sample(models, make_features(2), primer=("C", "F", "G", "C")) == ["C", "F"]


@pytest.mark.parametrize(("mood", "mode"), [(0, "major"), (1, "minor"), (2, "minor"), (3, "minor"), (4, "major")])
def test_the_mood_chooses_the_mode(make_features, mood, mode):
    assert features_to_mode(make_features(9, mood)) == mode


def test_the_cache_gives_what_the_whole_sequence_gives(models, make_features):
    """At a temperature near 0 sampling takes the likeliest chord; teacher forcing must find each to be it."""
    features = make_features(20)
    chords = torch.tensor([[START, *(chord_to_id(c) for c in sample(models, features, temperature=1e-4))]])
    with torch.inference_mode():
        logits = models.chords(features_to_video(features), chords[:, :-1], torch.tensor([KEY_IDS["major"]]))[0]
    likely = logits[:, 1:157].topk(2).indices + 1  # the second one where a chord was held too long
    assert all(chord in pair for chord, pair in zip(chords[0, 1:].tolist(), likely.tolist(), strict=True))


def test_a_long_video_goes_window_by_window(models, make_features, monkeypatch):
    monkeypatch.setattr(decode, "WINDOW", 20)
    monkeypatch.setattr(decode, "CONTEXT", 6)
    long, short = make_features(50), fit_seconds(make_features(50), 20)
    chords = sample(models, long)
    assert len(chords) == 50 and chords[:20] == sample(models, short)


def test_features_are_cut_or_held_to_the_length_of_the_video(make_features):
    features = make_features(10)
    assert fit_seconds(features, 7).seconds == 7
    longer = fit_seconds(features, 12)
    assert longer.seconds == 12 and longer.values["motion"][11] == features.values["motion"][9]


def test_a_chosen_mood_outweighs_what_is_seen_or_was_never_measured():
    emotion = np.tile(np.array([0.9, 0, 0, 0, 0.1, 0], np.float32), (4, 1))
    present = np.array([True, True, True, False])
    seen = Features({"emotion": emotion, "motion": np.zeros(4)}, {"emotion": present, "motion": present})
    sad = set_mood(seen, "sad")
    values = sad.values["emotion"]
    assert (values.argmax(axis=1) == EMOTIONS.index("sad")).all() and np.allclose(values.sum(axis=1), 1)
    assert values[0, 0] > values[0, 1] and sad.present["emotion"].all() and not seen.present["emotion"].all()


def test_a_wish_bounds_how_long_a_chord_is_held_and_whether_rests_come(models, make_features, monkeypatch):
    asked = []

    def sampled(model, features, mode, primer, sampling, seeds):
        asked.append(sampling)
        return features_to_chords(model, features, mode, primer, sampling, seeds)

    monkeypatch.setattr("amt.generate.compose.features_to_chords", sampled)
    for wish in (Wish(), Wish(longest_hold=2, no_chord=True), Wish(longest_hold=0)):
        compose(models, Seen(make_features(8)), 8.0, wish)
    held = [(sampling.longest_hold, sampling.no_chord) for sampling in asked]
    assert held == [(LONGEST_HOLD, False), (2, True), (None, False)]
    with pytest.raises(UserError, match="longest-hold -1: take a whole number of seconds"):
        to_wish(longest_hold=-1)


def test_the_command_holds_chords_as_long_as_the_function():
    assert signature(generate).parameters["longest_hold"].default == Wish().longest_hold


def test_a_hold_ends_in_time_and_rests_come_where_they_may(models, make_features):
    for rests in (True, False):
        sampling = Sampling(3.0, no_chord=rests)
        variants = features_to_chords(models.chords, make_features(60), "major", [], sampling, range(20))
        assert any("N" in chords for chords in variants) is rests
    for hold in (1, 2, 7):
        chords = sample(models, make_features(60), temperature=0.01, longest_hold=hold)
        assert max(len(list(run)) for _, run in groupby(chords)) == hold
    assert len(set(sample(models, make_features(60), temperature=0.001, longest_hold=None))) < 4
