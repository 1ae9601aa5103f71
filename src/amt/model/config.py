"""Sizes of the two models: small frozen records that live as JSON beside the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from muvisync.schema import SEMANTIC_WIDTH


@dataclass(frozen=True)
class AmtConfig:
    """Sizes of the Affective Multimodal Transformer; the paper's are 512, 8, 6 + 6, 1024, "post", False, 0, False.

    Attributes:
        width: of every hidden state; even, and a multiple of `heads`.
        norm: layer norm before ("pre") or after ("post", the paper's) each sublayer.
        max_distance: seconds; chords farther apart share one relative position.
        video_to_step: add the encoder's second t to decoder step t; otherwise only by cross-attention.
        pointers: into the song so far, with which the decoder's answer is mixed (`amt.model.memory`); 0, the paper's:
            none.
        chord_tones: chords are also known, and with pointers told, by their pitch classes; the paper's: False.
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
    pointers: int = 8
    chord_tones: bool = True


@dataclass(frozen=True)
class RhythmConfig:
    """Sizes of the regressor; the published one is "gru" with 64, 2, .1 (FACTS.md, "Regressor").

    Attributes:
        network: "towers" of convolutions (`amt.model.tower`) or the published bidirectional "gru".
        layers: of the GRU, or of a tower: each looks twice as far as the one before.
        dropout: on a GRU's input, or on the input and after every layer of a tower.
        longest: seconds at which the dataset cut the songs that are learned from; towers know no end of such a song.
    """

    semantic_width: int = SEMANTIC_WIDTH
    network: Literal["towers", "gru"] = "towers"
    hidden: int = 64
    layers: int = 6
    dropout: float = 0.45
    longest: int = 300
