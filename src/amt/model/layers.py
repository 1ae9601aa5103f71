"""Transformer layers with the layer norm before (stable) or after (the paper's) each sublayer."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from amt.model.attention import Attention, KeyValues
from amt.model.config import AmtConfig
from amt.model.dropout import Dropout


class Residual(nn.Module):
    """x + sublayer(x), with dropout and a layer norm whose place `config.norm` decides."""

    def __init__(self, config: AmtConfig) -> None:
        super().__init__()
        self.pre = config.norm == "pre"
        self.norm = nn.LayerNorm(config.width)
        self.dropout = Dropout(config.dropout)

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        if self.pre:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))


def final_norm(config: AmtConfig) -> nn.Module:
    """What follows the last layer: a stack of pre-norm layers ends unnormalised."""
    return nn.LayerNorm(config.width) if config.norm == "pre" else nn.Identity()


def _feedforward(config: AmtConfig) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(config.width, config.feedforward),
        nn.ReLU(),
        Dropout(config.dropout),
        nn.Linear(config.feedforward, config.width),
    )


class EncoderLayer(nn.Module):
    """Self-attention over all seconds of a video, then a feed-forward block."""

    def __init__(self, config: AmtConfig) -> None:
        super().__init__()
        self.attention = Attention(config.width, config.heads, config.dropout)
        self.feedforward = _feedforward(config)
        self.residuals = nn.ModuleList(Residual(config) for _ in range(2))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x: (batch, seconds, width); mask: (batch, seconds) bool, real seconds."""
        attend, feed = self.residuals
        x = attend(x, lambda y: self.attention(y, self.attention.project(y), mask))
        return feed(x, self.feedforward)


class DecoderLayer(nn.Module):
    """Causal relative self-attention over the chords, cross-attention to the video, a feed-forward block."""

    def __init__(self, config: AmtConfig) -> None:
        super().__init__()
        self.attention = Attention(config.width, config.heads, config.dropout, config.max_distance)
        self.cross = Attention(config.width, config.heads, config.dropout)
        self.feedforward = _feedforward(config)
        self.residuals = nn.ModuleList(Residual(config) for _ in range(3))

    def forward(self, x: Tensor, video: KeyValues, mask: Tensor) -> Tensor:
        """All steps of a song at once.

        Args:
            x: (batch, steps, width).
            video: keys and values of the encoder's output (`cross.project`); `mask` marks its real seconds.

        Returns:
            (batch, steps, width).
        """
        attend, look, feed = self.residuals
        x = attend(x, lambda y: self.attention(y, self.attention.project(y)))
        x = look(x, lambda y: self.cross(y, video, mask))
        return feed(x, self.feedforward)
