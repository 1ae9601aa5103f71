"""The transformer: shapes, causality, padding, missing modalities, incremental decoding."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.amt.synthetic_songs import make_song, without_video

from amt.model import START, Amt, AmtConfig
from amt.model.attention import Attention
from amt.model.batch import songs_to_batch
from amt.model.chord import ChordEmbedding, ChordHead, chord_parts, chord_tones
from muvisync.chords import CHORDS, END, INTERVALS, PAD, QUALITIES, ROOTS, VOCABULARY_SIZE, split_chord

VARIANTS = [("pre", True), ("post", False)]


def small_amt(norm: str = "pre", video_to_step: bool = True, **sizes: int) -> Amt:
    torch.manual_seed(0)
    options = {"norm": norm, "video_to_step": video_to_step, "pointers": 4 * video_to_step}
    options["chord_tones"] = video_to_step
    config = AmtConfig(width=32, heads=4, feedforward=64, **options, **sizes)
    model = Amt(config).eval()
    if model.decoder.memory is not None:  # it begins with zeros, through which nothing else would be seen
        torch.nn.init.normal_(model.decoder.mixture.own.chord.weight)
        torch.nn.init.normal_(model.decoder.mixture.own.tone.weight)
        torch.nn.init.normal_(model.decoder.mixture.weights.weight, std=0.1)
    return model


@pytest.mark.parametrize(("norm", "video_to_step"), VARIANTS)
def test_cached_decoding_gives_the_logits_of_teacher_forcing(norm, video_to_step):
    model = small_amt(norm, video_to_step, max_distance=5)  # shorter than the songs: clamped distances too
    batch = songs_to_batch([make_song("a", 12), make_song("b", 7)])
    with torch.no_grad():
        whole = model(batch.video, batch.chords, batch.key)
        state = model.decoder.begin(model.encoder(batch.video), batch.video.mask, batch.key)
        for step in range(13):
            logits, state = model.decoder.step(batch.chords[:, step], state)
            torch.testing.assert_close(logits, whole[:, step], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("norm", "video_to_step"), VARIANTS)
def test_padding_changes_nothing(norm, video_to_step):
    model = small_amt(norm, video_to_step)
    short, long = make_song("short", 5), make_song("long", 14)
    alone, together = songs_to_batch([short]), songs_to_batch([short, long])
    with torch.no_grad():
        expected = model(alone.video, alone.chords, alone.key)[0]
        found = model(together.video, together.chords, together.key)[0, :6]
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_a_later_chord_does_not_change_an_earlier_step():
    model, batch = small_amt(), songs_to_batch([make_song("a", 10)])
    changed = batch.chords.clone()
    changed[0, 6] = 50
    with torch.no_grad():
        before, after = (model(batch.video, chords, batch.key)[0] for chords in (batch.chords, changed))
    torch.testing.assert_close(after[:6], before[:6])
    assert not torch.allclose(after[6:], before[6:], atol=1e-4)


def test_what_a_missing_modality_holds_does_not_matter_but_its_absence_does():
    model = small_amt()
    song = make_song("a", 6)
    batch, blind = songs_to_batch([song]), songs_to_batch([without_video(song)])
    noise = blind.video._replace(semantic=torch.full_like(blind.video.semantic, float("nan")))
    zeros = batch.video._replace(semantic=torch.zeros_like(batch.video.semantic))
    absent = batch.video.present.clone()
    absent[..., 0] = False
    with torch.no_grad():
        seen, unseen, noisy, zero, missing = (
            model(video, batch.chords, batch.key)
            for video in (batch.video, blind.video, noise, zeros, batch.video._replace(present=absent))
        )
    torch.testing.assert_close(noisy, unseen)
    assert not torch.allclose(seen, unseen, atol=1e-3)
    assert not torch.allclose(zero, missing, atol=1e-3), "a missing picture passes as a picture of zeros"


def test_relative_term_is_that_of_a_plain_loop():
    torch.manual_seed(1)
    attention = Attention(8, 2, 0.0, max_distance=3).requires_grad_(False)
    queries = torch.randn(1, 2, 6, 4)
    bias = attention._relative_bias(queries, 6)
    for head in range(2):
        for i in range(6):
            for j in range(6):
                expected = queries[0, head, i] @ attention.distance[head, min(i - j, 3)] / 2 if j <= i else -torch.inf
                assert bias[0, head, i, j] == pytest.approx(float(expected), abs=1e-6)


def test_chord_parts_follow_the_vocabulary():
    roots, qualities = chord_parts()
    for index, label in enumerate(CHORDS[1:], start=1):
        root, quality = split_chord(label)
        assert (roots[index], qualities[index]) == (1 + ROOTS.index(root), 1 + QUALITIES.index(quality))
    assert len({(int(roots[i]), int(qualities[i])) for i in range(VOCABULARY_SIZE)}) == VOCABULARY_SIZE


def test_chord_tones_are_the_pitch_classes_of_the_label():
    tones = chord_tones()
    for index, label in enumerate(CHORDS[1:], start=1):
        root, quality = split_chord(label)
        expected = {(ROOTS.index(root) + step) % 12 for step in INTERVALS[quality]}
        assert set(tones[index].nonzero().flatten().tolist()) == expected
    assert not tones[[0, END, PAD]].any()


def test_what_a_tone_tells_is_told_of_every_chord_that_has_it():
    head = ChordHead(4, tones=True)
    with torch.no_grad():
        head.tone.bias[ROOTS.index("E")] = 1.0
    logits = head(torch.zeros(4))
    assert {label for label, logit in zip(CHORDS, logits, strict=False) if logit == 1} == {
        label for label, row in zip(CHORDS, chord_tones(), strict=False) if row[ROOTS.index("E")]
    }
    with_tones, without = (ChordEmbedding(4, tones) for tones in (True, False))
    without.load_state_dict(with_tones.state_dict(), strict=False)
    tones = chord_tones()[[CHORDS.index("A:min")]] @ with_tones.tone
    chord = torch.tensor([CHORDS.index("A:min")])
    torch.testing.assert_close(with_tones(chord), without(chord) + tones)


def test_batch_shifts_chords_by_one_second_and_ends_with_end():
    batch = songs_to_batch([make_song("a", 3), make_song("b", 5)])
    assert batch.chords[0, 0] == START
    np.testing.assert_array_equal(batch.chords[:, 1:][batch.targets[:, 1:] != PAD][:3], batch.targets[0, :3])
    assert batch.targets[0].tolist()[3:] == [END, PAD, PAD]
    assert batch.targets[1, 5] == END


def test_a_video_of_one_second():
    batch = songs_to_batch([make_song("a", 1)])
    assert small_amt()(batch.video, batch.chords, batch.key).shape == (1, 2, VOCABULARY_SIZE)


def test_before_there_is_a_past_the_mixture_begins_as_the_bigram():
    torch.manual_seed(0)
    model, batch = Amt(AmtConfig(width=32, heads=4, feedforward=64)).eval(), songs_to_batch([make_song("a", 8)])
    bigram = torch.rand(VOCABULARY_SIZE, VOCABULARY_SIZE)
    bigram[:, PAD] = 0
    bigram /= bigram.sum(1, keepdim=True)
    model.decoder.begin_as(bigram)
    with torch.no_grad():
        answer = model(batch.video, batch.chords, batch.key)[0, 0, :PAD].softmax(-1)
    torch.testing.assert_close(answer, bigram[START, :PAD], atol=2e-4, rtol=1e-2)
