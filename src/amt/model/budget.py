"""A bound on what building a model may allocate: a configuration from elsewhere can ask for any sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

_FACTORIES = {torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn, torch.arange, torch.eye}


class OverBudget(ValueError):
    """More would have been allocated than was allowed."""


class Budget(TorchFunctionMode):
    """While this is entered, at most so many `tensors` of so many `numbers` in total can be made.

    Each is first made on PyTorch's meta device, where it has a shape and takes no memory.
    """

    def __init__(self, tensors: int, numbers: int) -> None:
        super().__init__()
        self.tensors, self.numbers = tensors, numbers

    def __torch_function__(
        self, function: Callable, types: tuple, args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Called by PyTorch instead of `function`. Raises OverBudget."""
        kwargs = kwargs or {}
        if function in _FACTORIES:
            self.tensors -= 1
            self.numbers -= function(*args, **(kwargs | {"device": "meta"})).numel()
            if min(self.tensors, self.numbers) < 0:
                raise OverBudget("it asks for far more than the weights beside it have")
        return function(*args, **kwargs)
