"""The Bi-GRU that reads note density and loudness off a video (FACTS.md, "Regressor")."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from amt.model.config import RhythmConfig
from amt.model.video import Video, VideoFeatures

TARGETS = ("density", "loudness")


class BiGru(nn.Module):
    """Video -> note density (notes sounding in the second) and loudness (RMS over full scale) of every second.

    It learns z-scored targets; the buffers `target_mean` and `target_scale` bring its answers back to real units.
    """

    def __init__(self, config: RhythmConfig) -> None:
        super().__init__()
        self.config = config
        self.features = VideoFeatures(config.semantic_width, energy=float(config.hidden))
        self.dropout = nn.Dropout(config.dropout)
        self.gru = nn.GRU(self.features.width, config.hidden, config.layers, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * config.hidden, len(TARGETS))
        self.register_buffer("target_mean", torch.zeros(len(TARGETS)))
        self.register_buffer("target_scale", torch.ones(len(TARGETS)))

    def forward(self, video: Video) -> Tensor:
        """Density and loudness in real units, never negative, (batch, seconds, 2); nothing of padding is meant."""
        return (self.standardised(video) * self.target_scale + self.target_mean).clamp(min=0)

    def standardised(self, video: Video) -> Tensor:
        """The z-scored answers that the loss compares, (batch, seconds, 2)."""
        x = self.dropout(self.features(video))
        # packed, so that the backward direction starts at each video's own end and not in the padding
        packed = pack_padded_sequence(x, video.mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=x.shape[1])
        return self.head(hidden)
