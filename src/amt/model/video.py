"""What a model sees of a video, and its scaling: the features of one second side by side."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from muvisync.schema import EMOTIONS

MODALITIES = ("semantic", "scene_offset", "motion", "emotion")
_LIMIT = 10.0  # standard deviations; one broken second must not drown a song


class Video(NamedTuple):
    """Features of a batch of videos, padded at the end to the longest.

    Attributes:
        semantic: (batch, seconds, width), CLIP image embedding, not normalised.
        scene_offset: (batch, seconds), seconds since the scene began.
        motion: (batch, seconds), mean absolute RGB difference, 0-255.
        emotion: (batch, seconds, 6), probabilities in the order of `EMOTIONS`.
        present: (batch, seconds, 4) bool, which of `MODALITIES` were measured; the values of the others do not count.
        mask: (batch, seconds) bool, real seconds; False is padding.
    """

    semantic: Tensor
    scene_offset: Tensor
    motion: Tensor
    emotion: Tensor
    present: Tensor
    mask: Tensor


def modality_widths(semantic_width: int) -> tuple[int, ...]:
    """Number of columns of each of `MODALITIES`."""
    return (semantic_width, 1, 1, len(EMOTIONS))


def video_to_columns(video: Video) -> Tensor:
    """Features side by side, (batch, seconds, semantic width + 8), in their own units.

    The scene offset enters as log(1 + seconds): one long take would otherwise stretch the scale of all.
    """
    offset = torch.log1p(video.scene_offset.clamp(min=0)).unsqueeze(-1)
    return torch.cat([video.semantic, offset, video.motion.unsqueeze(-1), video.emotion], dim=-1)


class VideoFeatures(nn.Module):
    """Video -> scaled columns; a modality that was not measured is a learned vector, padding is zero.

    The buffers `mean` and `scale` hold the statistics of the training songs, so that a saved model carries them.
    Every modality gets an equal part of `energy`, the mean sum of squares of a second: with equal columns, the 768 of
    the semantics would drown the 6 of the emotion.
    """

    def __init__(self, semantic_width: int, energy: float) -> None:
        super().__init__()
        widths = torch.tensor(modality_widths(semantic_width))
        self.width = int(widths.sum())
        self.missing = nn.Parameter(torch.randn(self.width) * 0.02)
        self.register_buffer("mean", torch.zeros(self.width))
        self.register_buffer("scale", torch.ones(self.width))
        owner = torch.repeat_interleave(torch.arange(len(MODALITIES)), widths)
        self.register_buffer("_owner", owner, persistent=False)
        self.register_buffer("gain", (energy / len(MODALITIES) / widths).sqrt()[owner], persistent=False)

    def forward(self, video: Video) -> Tensor:
        """Scaled features, (batch, seconds, semantic width + 8)."""
        columns = (video_to_columns(video) - self.mean) / self.scale
        columns = torch.where(self.present_columns(video), columns.clamp(-_LIMIT, _LIMIT), self.missing)
        return columns * self.gain * video.mask.unsqueeze(-1)

    def present_columns(self, video: Video) -> Tensor:
        """Which columns were measured, (batch, seconds, semantic width + 8) bool."""
        return video.present[..., self._owner]
