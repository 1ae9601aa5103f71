"""Dropout that is not the slowest part of training on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_DRAW = 4  # halfwords in the 64-bit number that the generator makes at a time
_VALUES = 1 << 16


def dropout(x: Tensor, share: float) -> Tensor:
    """Zero each value with probability `share` (to 1/65536) and scale the others, as torch's for training.

    Torch draws a random number a value, one after the other, which takes a seventh of a training step on processors
    that are not Intel's. Here four values share a draw. Other devices draw in parallel: there it is torch's own.
    """
    if x.device.type != "cpu":
        return F.dropout(x, share)
    draws = torch.empty(-(-x.numel() // _DRAW), dtype=torch.int64).random_(-(1 << 63), None)
    keep = draws.view(torch.int16)[: x.numel()].view(x.shape) >= round(share * _VALUES) - _VALUES // 2
    return torch.where(keep, x * (1 / (1 - share)), 0.0)


class Dropout(nn.Module):
    """`dropout` in training, nothing in evaluation."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """x: any shape."""
        return dropout(x, self.share) if self.training and self.share else x
