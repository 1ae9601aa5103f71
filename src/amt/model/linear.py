"""A linear layer that uses all processors for a single row."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_FEW = 2
"""Rows that are split; with more the products of matrices keep all processors busy by themselves."""


class Linear(nn.Linear):
    """torch's, whose product of one row and a matrix on a CPU is the work of one thread, and waits for memory.

    In generation each thread takes its share of the outputs, where they can be shared out evenly.
    """

    def forward(self, input: Tensor) -> Tensor:
        """input: (..., in_features)."""
        rows, threads = input.numel() // self.in_features, torch.get_num_threads()
        if self.training or input.device.type != "cpu" or rows > _FEW or threads == 1 or self.out_features % threads:
            return super().forward(input)
        shares = self.weight.view(threads, -1, self.in_features).transpose(1, 2)
        outputs = input.reshape(1, rows, -1).expand(threads, -1, -1) @ shares
        return outputs.transpose(0, 1).reshape(*input.shape[:-1], -1) + self.bias
