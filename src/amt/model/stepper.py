"""The decoder's layers one step at a time: what generation spends its time on.

A step has one row for each variant, so it waits for the weights to be read, and for the calls themselves. NumPy's calls
cost a fraction of torch's, and its BLAS is faster for a row and a matrix (`python -m benchmarks generate`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from amt.model.attention import Attention
from amt.model.layers import DecoderLayer, Residual


class Stepper:
    """A stack of decoder layers, with the keys and values of all steps so far.

    Args:
        layers: in evaluation; their weights are copied, the other way round, as 32-bit numbers.
        encoded: (batch, seconds, width) from the encoder; `mask` (batch, seconds) marks real seconds. There can be one
            step more than seconds.
    """

    def __init__(self, layers: Iterable[DecoderLayer], encoded: Tensor, mask: Tensor) -> None:
        room = _Room()
        self._layers = [_Layer(layer, encoded, mask, room) for layer in layers]

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, width) of the next step: what `DecoderLayer.forward` gives one after the other at that step."""
        rows = x.detach().float().cpu().numpy()
        for layer in self._layers:
            rows = layer(rows)
        return torch.from_numpy(rows).to(x)


class _Room:
    """Memory in large pieces: the system maps those with large pages, and all weights are read a fifth faster."""

    _PIECE = 1 << 24  # numbers; memory that is not written to is not taken from the system

    def __init__(self) -> None:
        self._left = np.empty(0, np.float32)

    def take(self, *shape: int) -> np.ndarray:
        """An array of 32-bit numbers, not filled."""
        size = math.prod(shape)
        if size > len(self._left):
            self._left = np.empty(max(size, self._PIECE), np.float32)
        taken, self._left = self._left[:size], self._left[size:]
        return taken.reshape(shape)

    def put(self, tensor: Tensor) -> np.ndarray:
        """A copy of `tensor`."""
        copy = self.take(*tensor.shape)
        torch.from_numpy(copy).copy_(tensor)  # transposes faster than NumPy
        return copy


class _Layer:
    def __init__(self, layer: DecoderLayer, encoded: Tensor, mask: Tensor, room: _Room) -> None:
        self._attend, self._look, self._feed = (_Residual(each) for each in layer.residuals)
        self._past = _Past(layer.attention, len(mask), mask.shape[1] + 1, room)
        self._video = _Cross(layer.cross, encoded, mask, room)
        enter, _, _, leave = layer.feedforward
        self._enter, self._leave = (_Linear([_parts(linear)], room) for linear in (enter, leave))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        x = self._attend(x, self._past)
        x = self._look(x, self._video)
        return self._feed(x, lambda y: self._leave(np.maximum(self._enter(y), 0)))


class _Past:
    """Causal relative self-attention: the newest step looks at itself and all before."""

    def __init__(self, attention: Attention, batch: int, most: int, room: _Room) -> None:
        self._heads = attention.heads
        self._enter = _Linear([_scaled(attention), _parts(attention.key_value)], room)
        self._output = _Linear([_parts(attention.output)], room)
        self._distances = room.put(attention.distances(most).detach().flip(1))  # the farthest first, as the steps lie
        self._keys, self._values = room.take(2, batch, *self._distances.shape)
        self._steps = 0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        query, key, value = self._enter(x).reshape(len(x), 3, self._heads, -1, 1).swapaxes(0, 1)
        at = self._steps
        self._keys[:, :, at], self._values[:, :, at] = key[..., 0], value[..., 0]
        self._steps = until = at + 1
        fit = self._keys[:, :, :until] @ query
        fit += self._distances[:, -until:] @ query
        return self._output(_mix(fit, self._values[:, :, :until]))


class _Cross:
    """Attention to the seconds of the video."""

    def __init__(self, attention: Attention, encoded: Tensor, mask: Tensor, room: _Room) -> None:
        self._heads = attention.heads
        self._query, self._output = _Linear([_scaled(attention)], room), _Linear([_parts(attention.output)], room)
        self._keys, self._values = (room.put(part.detach()) for part in attention.project(encoded))
        self._absent = None if mask.all() else ~mask.cpu().numpy()[:, None, :, None]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        fit = self._keys @ self._query(x).reshape(len(x), self._heads, -1, 1)
        if self._absent is not None:
            fit = np.where(self._absent, -np.inf, fit)
        return self._output(_mix(fit, self._values))


class _Residual:
    def __init__(self, residual: Residual) -> None:
        norm = residual.norm
        self._pre, self._shape, self._eps = residual.pre, norm.normalized_shape, norm.eps
        self._scale = [parameter.detach().float().cpu() for parameter in (norm.weight, norm.bias)]

    def __call__(self, x: np.ndarray, sublayer: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        return x + sublayer(self._norm(x)) if self._pre else self._norm(x + sublayer(x))

    def _norm(self, x: np.ndarray) -> np.ndarray:
        return torch.layer_norm(torch.from_numpy(x), self._shape, *self._scale, self._eps).numpy()


class _Linear:
    """One or more linear layers with the same input, their outputs beside each other."""

    def __init__(self, layers: Sequence[tuple[Tensor, Tensor]], room: _Room) -> None:
        weights, biases = (torch.cat(parts).float().cpu() for parts in zip(*layers, strict=True))
        outputs, inputs = weights.shape
        # memory is read the faster the longer its rows are
        self._weight = room.put(weights.T) if outputs >= inputs else room.put(weights).T
        self._bias = biases.numpy()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = x @ self._weight
        y += self._bias
        return y


def _parts(layer: nn.Linear) -> tuple[Tensor, Tensor]:
    return layer.weight.detach(), layer.bias.detach()


def _scaled(attention: Attention) -> tuple[Tensor, Tensor]:
    """The query's weights, so that its products with keys need not be divided by the root of a head's size."""
    scale = (attention.query.out_features / attention.heads) ** -0.5
    weight, bias = _parts(attention.query)
    return weight * scale, bias * scale


def _mix(fit: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values (batch, heads, positions, size), weighted by the softmax of `fit` (..., positions, 1): (batch, width)."""
    fit -= np.maximum.reduce(fit, axis=2, keepdims=True)
    shares = np.exp(fit, out=fit).swapaxes(2, 3)
    mixed = shares @ values
    mixed /= np.add.reduce(shares, axis=3, keepdims=True)
    return mixed.reshape(len(values), -1)
