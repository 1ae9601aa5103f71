"""One target's network: dilated convolutions over the seconds, and a level for the whole song."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from amt.model.config import RhythmConfig
from amt.model.dropout import Dropout
from amt.model.video import modality_widths

_SEEN = 16  # numbers that the pictures of a second are squeezed into
_BLIND = 0.5  # dropout of the pictures: a few hundred songs are known by them at once
_SHIFT = 0.3  # standard deviations by which a song's other columns move in training, so that it isn't known by them
_NOISE = 0.8
"""Standard deviations of noise on a song's means in training. For the level, a linear map, that is ridge regression
(Bishop 1995), which told the level of unseen songs best."""


class Tower(nn.Module):
    """Columns of `VideoFeatures` and places of the seconds -> one z-scored target.

    Args:
        gain: (width,), of a standard deviation in the columns, `VideoFeatures.gain`.
        places: width of `mask_to_places`.
        relative: show the convolutions the pictures only against the song's mean.
    """

    def __init__(self, config: RhythmConfig, gain: Tensor, places: int, relative: bool) -> None:
        super().__init__()
        self.relative, self.semantic_width = relative, config.semantic_width
        width = sum(modality_widths(config.semantic_width))
        self.register_buffer("gain", gain.clone(), persistent=False)
        self.seen = nn.Sequential(Dropout(_BLIND), nn.Linear(config.semantic_width, _SEEN))
        self.enter = nn.Linear(width - config.semantic_width + _SEEN + places, config.hidden)
        self.dropout = Dropout(config.dropout)
        self.layers = nn.ModuleList(_Layer(config.hidden, 2**i, config.dropout) for i in range(config.layers))
        self.head = nn.Linear(config.hidden, 1)
        self.level = nn.Linear(width, 1)
        for last in (self.head, self.level):
            nn.init.zeros_(last.weight)  # it begins as the mean

    def forward(self, columns: Tensor, places: Tensor, mask: Tensor) -> Tensor:
        """(batch, seconds, width), (batch, seconds, places), (batch, seconds) bool -> (batch, seconds)."""
        real = mask.unsqueeze(-1)
        mean = (columns * real).sum(1, keepdim=True) / real.sum(1, keepdim=True)
        pictures, others = columns.tensor_split([self.semantic_width], dim=-1)
        if self.relative:
            pictures = pictures - mean[..., : self.semantic_width]
        others = self._moved(others, _SHIFT)
        x = self.dropout(self.enter(torch.cat([self.seen(pictures), others, places], dim=-1))) * real
        for layer in self.layers:
            x = layer(x, real)
        return (self.head(self.dropout(x)) + self.level(self._moved(mean, _NOISE))).squeeze(-1)

    def _moved(self, columns: Tensor, deviations: float) -> Tensor:
        """Another look for each song on the whole; `columns` are the last (batch, seconds, any number)."""
        if not self.training:
            return columns
        return columns + deviations * self.gain[-columns.shape[-1] :] * torch.randn_like(columns[:, :1])


class _Layer(nn.Module):
    """x + dropout(mix(gelu(convolution(norm(x))))); padding stays zero, so it tells nothing of the batch."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.look = nn.Conv1d(width, width, kernel_size=3, dilation=dilation, padding=dilation)
        self.mix = nn.Linear(width, width)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """x: (batch, seconds, width); real: (batch, seconds, 1) bool."""
        seen = self.look((self.norm(x) * real).transpose(1, 2)).transpose(1, 2)
        return (x + self.dropout(self.mix(F.gelu(seen)))) * real
