"""Sizes of the two models: small frozen records that live as JSON beside the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from muvisync.schema import SEMANTIC_WIDTH


@dataclass(frozen=True)
class AmtConfig:
    """Sizes of the Affective Multimodal Transformer; the paper's are 512, 8, 6 + 6, 1024, "post", False, False.

    Attributes:
        width: of every hidden state; even, and a multiple of `heads`.
        norm: layer norm before ("pre") or after ("post", the paper's) each sublayer.
        max_distance: seconds; chords farther apart share one relative position.
        video_to_step: add the encoder's second t to decoder step t; otherwise only by cross-attention.
        start_from_bigram: add a table of chord transitions to the logits, which begins as the bigram of the training
            songs: what a few songs teach by counting need not be learned by gradient. Not in the paper.
    """

    semantic_width: int = SEMANTIC_WIDTH
    width: int = 128
    heads: int = 4
    encoder_layers: int = 2
    decoder_layers: int = 2
    feedforward: int = 256
    dropout: float = 0.1
    norm: Literal["pre", "post"] = "pre"
    max_distance: int = 300
    video_to_step: bool = True
    start_from_bigram: bool = True


@dataclass(frozen=True)
class RhythmConfig:
    """Sizes of the Bi-GRU (FACTS.md, "Regressor for note density and loudness"); `dropout` is on the input."""

    semantic_width: int = SEMANTIC_WIDTH
    hidden: int = 64
    layers: int = 2
    dropout: float = 0.1
