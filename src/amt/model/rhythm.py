"""The regressor that reads note density and loudness off a video, and the published one (FACTS.md, "Regressor")."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from amt.model.config import RhythmConfig
from amt.model.dropout import Dropout
from amt.model.places import PLACES, mask_to_places
from amt.model.tower import Tower
from amt.model.video import Video, VideoFeatures

TARGETS = ("density", "loudness")
_RELATIVE = {"density": False, "loudness": True}
"""Whether a target sees the pictures only against the song's mean: what is filmed tells how busy a song's music is all
through, but next to nothing of how loud it was mastered, and a few hundred songs would be learned by heart."""


class Rhythm(nn.Module):
    """Video -> note density (notes sounding in the second) and loudness (RMS over full scale) of every second.

    It learns z-scored targets; the buffers `target_mean` and `target_scale` bring its answers back to real units, and
    `stretch` widens them around the mean: the least squared error has answers that vary too little to be heard.
    """

    def __init__(self, config: RhythmConfig) -> None:
        super().__init__()
        self.config = config
        self.features = VideoFeatures(config.semantic_width, energy=float(config.hidden))
        self.network = (
            _Towers(config, self.features.gain) if config.network == "towers" else _BiGru(self.features.width, config)
        )
        self.register_buffer("target_mean", torch.zeros(len(TARGETS)))
        self.register_buffer("target_scale", torch.ones(len(TARGETS)))
        self.register_buffer("stretch", torch.ones(len(TARGETS)))

    def forward(self, video: Video) -> Tensor:
        """Density and loudness in real units, never negative, (batch, seconds, 2); nothing of padding is meant."""
        wide = self.standardised(video) * self.stretch
        return (wide * self.target_scale + self.target_mean).clamp(min=0)

    def standardised(self, video: Video) -> Tensor:
        """The z-scored answers that the loss compares, (batch, seconds, 2)."""
        return self.network(self.features(video), video.mask)


class _Towers(nn.Module):
    """A tower for each target: they need the pictures in different ways, and learn at different speeds."""

    def __init__(self, config: RhythmConfig, gain: Tensor) -> None:
        super().__init__()
        self.longest = config.longest
        self.towers = nn.ModuleList(Tower(config, gain, PLACES, _RELATIVE[target]) for target in TARGETS)

    def forward(self, columns: Tensor, mask: Tensor) -> Tensor:
        """Columns (batch, seconds, width) and the mask of real seconds -> (batch, seconds, targets)."""
        places = mask_to_places(mask, self.longest)
        return torch.stack([tower(columns, places, mask) for tower in self.towers], dim=-1)


class _BiGru(nn.Module):
    """The published network: it sees neither where in the song a second lies nor how long the song is."""

    def __init__(self, width: int, config: RhythmConfig) -> None:
        super().__init__()
        self.dropout = Dropout(config.dropout)
        self.gru = nn.GRU(width, config.hidden, config.layers, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * config.hidden, len(TARGETS))

    def forward(self, columns: Tensor, mask: Tensor) -> Tensor:
        """Columns (batch, seconds, width) and the mask of real seconds -> (batch, seconds, targets)."""
        # packed, so that the backward direction starts at each video's own end and not in the padding
        lengths = mask.sum(1).cpu()
        packed = pack_padded_sequence(self.dropout(columns), lengths, batch_first=True, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=columns.shape[1])
        return self.head(hidden)
