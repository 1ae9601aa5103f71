"""Losses of the two models; nothing is computed on padding or on what is missing."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from muvisync.chords import PAD, QUALITIES, ROOTS, VOCABULARY_SIZE
from muvisync.schema import EMOTIONS

_TINY = 1e-4  # keeps the gradient of a constant prediction finite
MATCHING_QUALITIES = {
    "exciting": ("maj", "sus4", "7"),
    "fearful": ("dim", "min7", "dim7", "hdim7"),
    "tense": ("dim", "sus4", "min7", "7"),
    "sad": ("min7", "min", "sus2"),
    "relaxing": ("maj", "maj6", "maj7"),
    "neutral": (),
}
"""Which chord qualities match an emotion (Kang et al. 2024; FACTS.md, "AMT")."""


class AmtLoss(NamedTuple):
    """The weighted sum and its two parts, scalars."""

    total: Tensor
    chords: Tensor
    affective: Tensor


def emotions_to_chords(device: torch.device | None = None) -> Tensor:
    """(6, vocabulary): 1 where a chord's quality matches the emotion; no chord, END and PAD match none."""
    table = torch.zeros(len(EMOTIONS), VOCABULARY_SIZE)
    for row, emotion in enumerate(EMOTIONS):
        matches = [float(quality in MATCHING_QUALITIES[emotion]) for quality in QUALITIES]
        table[row, 1 : 1 + len(ROOTS) * len(QUALITIES)] = torch.tensor(matches * len(ROOTS))
    return table.to(device)


def chord_loss(logits: Tensor, targets: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy (nats) of logits (batch, steps, vocabulary) over the targets (batch, steps) but PAD."""
    total = F.cross_entropy(
        logits.flatten(0, 1).float(),
        targets.flatten(),
        ignore_index=PAD,
        label_smoothing=label_smoothing,
        reduction="sum",
    )
    return total / (targets != PAD).sum().clamp(min=1)


def affective_loss(logits: Tensor, emotion: Tensor, counted: Tensor) -> Tensor:
    """Affective matching loss: binary cross-entropy of every chord against "its quality matches the second's emotion".

    Args:
        logits: (batch, seconds, vocabulary), of the seconds only (no END step).
        emotion: (batch, seconds, 6) probabilities; the largest counts.
        counted: (batch, seconds) bool, real seconds whose emotion was measured.

    Returns:
        the mean over the counted seconds and the vocabulary, as published; 0 where none counts.
    """
    wanted = emotions_to_chords(logits.device)[emotion.argmax(-1)]
    each = F.binary_cross_entropy_with_logits(logits.float(), wanted, reduction="none").mean(-1)
    # `where`, not a product: what stands at an uncounted second may be anything
    return torch.where(counted, each, 0.0).sum() / counted.sum().clamp(min=1)


def amt_loss(
    logits: Tensor, targets: Tensor, emotion: Tensor, counted: Tensor, affective_weight: float, label_smoothing: float
) -> AmtLoss:
    """The training loss: (1 - weight) x chord cross-entropy + weight x affective matching loss (published: weight .6).

    Logits (batch, steps, vocabulary) have one step more than emotion (batch, seconds, 6): the END.
    """
    chords = chord_loss(logits, targets, label_smoothing)
    affective = affective_loss(logits[:, : emotion.shape[1]], emotion, counted)
    return AmtLoss((1 - affective_weight) * chords + affective_weight * affective, chords, affective)


def correlation_loss(predicted: Tensor, wanted: Tensor, counted: Tensor) -> Tensor:
    """1 - Pearson's correlation over the counted seconds of each song, mean over songs and targets.

    All three are (batch, seconds, targets); a constant or uncounted song has a correlation of 0.
    """
    number = counted.sum(1, keepdim=True).clamp(min=1)

    def centred(values: Tensor) -> Tensor:
        values = torch.where(counted, values, 0.0)
        return torch.where(counted, values - values.sum(1, keepdim=True) / number, 0.0)

    a, b = centred(predicted), centred(wanted)
    spread = ((a**2).sum(1) * (b**2).sum(1) + _TINY).sqrt()
    return 1 - ((a * b).sum(1) / spread).mean()


def masked_squares(predicted: Tensor, wanted: Tensor, counted: Tensor) -> Tensor:
    """Mean squared error over the counted entries; all three of the same shape; 0 where none counts."""
    squares = torch.where(counted, (predicted - wanted) ** 2, 0.0)
    return squares.sum() / counted.sum().clamp(min=1)
