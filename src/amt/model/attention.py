"""Multi-head attention through torch's fused kernels, with relative positions and a key/value cache."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from amt.model.dropout import dropout
from amt.model.linear import Linear


class KeyValues(NamedTuple):
    """Keys and values of one layer, each (batch, heads, positions, width / heads)."""

    keys: Tensor
    values: Tensor


class Cache:
    """Keys and values of all positions so far, in room that is made once: a step writes its own and copies no other.

    Args:
        room: for as many positions as there can be.
        distances: (heads, positions, width / heads) relative vectors, of the farthest distance first, 0 last.
    """

    def __init__(self, room: KeyValues, distances: Tensor) -> None:
        self._room, self._distances, self._filled = room, distances, 0

    def append(self, newest: KeyValues) -> KeyValues:
        """Take one more position in; all of them as it sees them: keys with the vector of their distance added."""
        for room, part in zip(self._room, newest, strict=True):
            room[:, :, self._filled : self._filled + 1] = part
        self._filled += 1
        keys, values = (room[:, :, : self._filled] for room in self._room)
        return KeyValues(keys + self._distances[:, -self._filled :], values)


class Attention(nn.Module):
    """Queries of one sequence over keys and values of another, or of the same.

    With `max_distance` the logits get Music Transformer's relative term q . E[distance] (Huang et al. 2019, eq. 3),
    causal: a query sees itself and what came before. Distances beyond `max_distance` share the last vector.
    """

    def __init__(self, width: int, heads: int, dropout: float, max_distance: int | None = None) -> None:
        super().__init__()
        self.heads, self.dropout, self.max_distance = heads, dropout, max_distance
        self.query = Linear(width, width)
        self.key_value = Linear(width, 2 * width)
        self.output = Linear(width, width)
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
        mixed = self._mix(self._queries(x), memory, mask)
        return self.output(mixed.transpose(1, 2).flatten(2))

    def begin(self, batch: int, most: int) -> Cache:
        """An empty cache for `step`, with room for `most` positions."""
        like = self.key_value.weight
        room = (like.new_empty(batch, self.heads, most, len(like) // 2 // self.heads) for _ in KeyValues._fields)
        return Cache(KeyValues(*room), self._distances(most).flip(1))

    def step(self, x: Tensor, memory: KeyValues, mask: Tensor | None = None) -> Tensor:
        """Attend from one query, `x` (batch, 1, width), as `forward`; `memory` of a cache in relative attention.

        Sums of products: on a CPU they take half the time of the kernel that is made for many queries.
        """
        query = self._queries(x)
        fit = (query * query.shape[-1] ** -0.5 * memory.keys).sum(-1)
        if mask is not None:
            fit = fit.masked_fill(~mask.unsqueeze(1), -torch.inf)
        mixed = fit.softmax(-1).unsqueeze(2) @ memory.values
        return self.output(mixed.transpose(1, 2).flatten(2))

    def _queries(self, x: Tensor) -> Tensor:
        return self.query(x).view(*x.shape[:2], self.heads, -1).transpose(1, 2)

    def _mix(self, queries: Tensor, memory: KeyValues, mask: Tensor | None) -> Tensor:
        """Values weighted by how well their keys fit, (batch, heads, queries, width / heads)."""
        bias = None if mask is None else mask[:, None, None, :]
        if self.max_distance is not None:
            bias = self._relative_bias(queries, memory.keys.shape[2])
        share = self.dropout if self.training else 0.0
        if not share or queries.device.type != "cpu":
            return F.scaled_dot_product_attention(queries, *memory, attn_mask=bias, dropout_p=share)
        # torch's own has no fused kernel with dropout on a CPU either, and draws its numbers slowly
        fit = (queries * queries.shape[-1] ** -0.5) @ memory.keys.transpose(-2, -1)
        if bias is not None:
            fit = fit.masked_fill(~bias, -torch.inf) if bias.dtype == torch.bool else fit + bias
        return dropout(fit.softmax(-1), share) @ memory.values

    def _distances(self, positions: int) -> Tensor:
        """(heads, positions, width / heads): the vectors of the distances 0, 1, ...; the rest is as far as the last."""
        farthest = positions - self.distance.shape[1]
        if farthest <= 0:
            return self.distance[:, :positions]
        return torch.cat([self.distance, self.distance[:, -1:].expand(-1, farthest, -1)], 1)

    def _relative_bias(self, queries: Tensor, positions: int) -> Tensor:
        """(batch, heads, queries, positions): the scaled relative term, minus infinity for what is yet to come."""
        count = queries.shape[2]
        if count != positions:
            raise ValueError(f"relative attention takes a query for each of {positions} positions, not {count}")
        bias = queries * queries.shape[-1] ** -0.5 @ self._distances(positions).flip(1).transpose(1, 2)
        future = torch.ones(count, count, dtype=torch.bool, device=queries.device).triu(1)
        return _skew(bias).masked_fill(future, float("-inf"))


def _skew(x: Tensor) -> Tensor:
    """Move row i left by (rows - 1 - i), so that column j of row i holds distance i - j (Huang et al. 2019, fig. 1)."""
    rows = x.shape[-1]
    padded = F.pad(x, (1, 0))
    return padded.reshape(*x.shape[:2], rows + 1, rows)[:, :, 1:]
