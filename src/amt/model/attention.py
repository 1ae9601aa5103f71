"""Multi-head attention through torch's fused kernel, with relative positions."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from amt.model.dropout import dropout

_KERNELS = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
"""All but cuDNN's, which plans anew, for a good part of a second, for every length of songs."""


class KeyValues(NamedTuple):
    """Keys and values of one layer, each (batch, heads, positions, width / heads)."""

    keys: Tensor
    values: Tensor


class Attention(nn.Module):
    """Queries of one sequence over keys and values of another, or of the same.

    With `max_distance` the logits get Music Transformer's relative term q . E[distance] (Huang et al. 2019, eq. 3),
    causal: a query sees itself and what came before. Distances beyond `max_distance` share the last vector.
    """

    def __init__(self, width: int, heads: int, dropout: float, max_distance: int | None = None) -> None:
        super().__init__()
        self.heads, self.dropout, self.max_distance = heads, dropout, max_distance
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.output = nn.Linear(width, width)
        if max_distance is not None:
            size = width // heads
            self.distance = nn.Parameter(torch.randn(heads, max_distance + 1, size) * size**-0.5)

    def project(self, x: Tensor) -> KeyValues:
        """Keys and values of `x`, (batch, positions, width)."""
        both = self.key_value(x).view(*x.shape[:2], 2, self.heads, -1)
        return KeyValues(*both.permute(2, 0, 3, 1, 4).unbind())

    def forward(self, x: Tensor, memory: KeyValues, mask: Tensor | None = None) -> Tensor:
        """Attend from `x` to `memory`.

        Args:
            x: (batch, queries, width); in relative attention as many as the positions of `memory`.
            mask: (batch, positions) bool, positions of `memory` that exist; None when all do.

        Returns:
            (batch, queries, width).
        """
        queries = self.query(x).view(*x.shape[:2], self.heads, -1).transpose(1, 2)
        bias = None if mask is None else mask[:, None, None, :]
        if self.max_distance is not None:
            bias = self._relative_bias(queries, memory.keys.shape[2])
        return self.output(self._mix(queries, memory, bias).transpose(1, 2).flatten(2))

    def _mix(self, queries: Tensor, memory: KeyValues, bias: Tensor | None) -> Tensor:
        """Values weighted by how well their keys fit, (batch, heads, queries, width / heads)."""
        share = self.dropout if self.training else 0.0
        if not share or queries.device.type != "cpu":
            with sdpa_kernel(_KERNELS):
                return F.scaled_dot_product_attention(queries, *memory, attn_mask=bias, dropout_p=share)
        # torch's own has no fused kernel with dropout on a CPU either, and draws its numbers slowly
        fit = (queries * queries.shape[-1] ** -0.5) @ memory.keys.transpose(-2, -1)
        if bias is not None:
            fit = fit.masked_fill(~bias, -torch.inf) if bias.dtype == torch.bool else fit + bias
        return dropout(fit.softmax(-1), share) @ memory.values

    def distances(self, positions: int) -> Tensor:
        """(heads, positions, width / heads): the vectors of the distances 0, 1, ...; the rest is as far as the last."""
        farther = positions - self.distance.shape[1]
        if farther <= 0:
            return self.distance[:, :positions]
        return torch.cat([self.distance, self.distance[:, -1:].expand(-1, farther, -1)], 1)

    def _relative_bias(self, queries: Tensor, positions: int) -> Tensor:
        """(batch, heads, queries, positions): the scaled relative term, minus infinity for what is yet to come."""
        count = queries.shape[2]
        if count != positions:
            raise ValueError(f"relative attention takes a query for each of {positions} positions, not {count}")
        bias = queries * queries.shape[-1] ** -0.5 @ self.distances(positions).flip(1).transpose(1, 2)
        future = torch.ones(count, count, dtype=torch.bool, device=queries.device).triu(1)
        return _skew(bias).masked_fill(future, float("-inf"))


def _skew(x: Tensor) -> Tensor:
    """Move row i left by (rows - 1 - i), so that column j of row i holds distance i - j (Huang et al. 2019, fig. 1)."""
    rows = x.shape[-1]
    padded = F.pad(x, (1, 0))
    return padded.reshape(*x.shape[:2], rows + 1, rows)[:, :, 1:]
