"""Losses against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from amt.model.losses import (
    affective_loss,
    amt_loss,
    chord_loss,
    correlation_loss,
    emotions_to_chords,
    masked_squares,
)
from muvisync.chords import END, PAD, VOCABULARY_SIZE, chord_to_id
from muvisync.schema import EMOTIONS


def one_hot_emotion(*names: str) -> torch.Tensor:
    return torch.stack([torch.eye(6)[EMOTIONS.index(name)] for name in names])[None]


def test_chord_loss_ignores_padding_whatever_stands_there():
    logits = torch.zeros(1, 3, VOCABULARY_SIZE)
    logits[0, 2] = float("inf")
    assert chord_loss(logits[:, :2], torch.tensor([[1, 2]])) == pytest.approx(math.log(VOCABULARY_SIZE))
    assert chord_loss(torch.nan_to_num(logits), torch.tensor([[1, PAD, PAD]])) == pytest.approx(
        math.log(VOCABULARY_SIZE)
    )


def test_matching_table_is_the_published_one():
    table = emotions_to_chords()
    assert table.sum(1).tolist() == [36, 48, 48, 36, 36, 0]  # qualities x 12 roots
    assert table[EMOTIONS.index("sad"), chord_to_id("F#:sus2")] == 1
    assert table[EMOTIONS.index("exciting"), chord_to_id("C:min")] == 0
    assert table[:, [0, END, PAD]].sum() == 0


def test_affective_loss_is_the_mean_over_counted_seconds():
    logits = torch.zeros(1, 3, VOCABULARY_SIZE)
    logits[0, 1] = torch.where(emotions_to_chords()[EMOTIONS.index("sad")] > 0, 20.0, -20.0)
    emotion = one_hot_emotion("sad", "sad", "neutral")
    every = torch.tensor([[True, True, False]])
    assert affective_loss(logits, emotion, every) == pytest.approx(math.log(2) / 2, abs=1e-6)
    assert affective_loss(logits, emotion, torch.tensor([[False, True, False]])) == pytest.approx(0, abs=1e-6)
    assert affective_loss(logits, emotion, torch.zeros(1, 3, dtype=torch.bool)) == 0


def test_total_weighs_the_two_parts_and_ends_without_emotion():
    logits, targets = torch.zeros(1, 2, VOCABULARY_SIZE), torch.tensor([[5, END]])
    loss = amt_loss(logits, targets, one_hot_emotion("sad"), torch.ones(1, 1, dtype=torch.bool), 0.6, 0.0)
    assert loss.total == pytest.approx(0.4 * math.log(VOCABULARY_SIZE) + 0.6 * math.log(2), abs=1e-5)


def test_gradient_is_finite_where_nothing_counts():
    logits = torch.zeros(1, 2, VOCABULARY_SIZE, requires_grad=True)
    loss = amt_loss(
        logits, torch.full((1, 2), PAD), one_hot_emotion("sad"), torch.zeros(1, 1, dtype=torch.bool), 0.6, 0
    )
    loss.total.backward()
    assert loss.total == 0
    assert logits.grad.abs().sum() == 0


def test_squares_count_only_what_is_known():
    found = masked_squares(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]), torch.tensor([True, False]))
    assert found == 4


def test_correlation_loss_is_that_of_each_song_and_target():
    truth = torch.tensor([[1.0, 2.0, 4.0, 9.0], [3.0, 1.0, 2.0, 50.0]])[..., None]
    counted = torch.tensor([[True] * 4, [True, True, True, False]])[..., None]
    assert float(correlation_loss(3 * truth - 7, truth, counted)) == pytest.approx(0, abs=1e-4)
    assert float(correlation_loss(-truth, truth, counted)) == pytest.approx(2, abs=1e-4)
    mixed = torch.cat([truth[:1], -truth[1:]])
    assert float(correlation_loss(mixed, truth, counted)) == pytest.approx(1, abs=1e-4)


def test_correlation_loss_of_a_constant_answer_has_a_gradient():
    answer = torch.zeros(1, 4, 2, requires_grad=True)
    unknown = torch.tensor([[[True, False]]]).expand(1, 4, 2)
    loss = correlation_loss(answer, torch.full((1, 4, 2), torch.nan).where(~unknown, 1.0), unknown)
    loss.backward()
    assert loss == 1
    assert torch.isfinite(answer.grad).all()
