"""Where models run."""

from __future__ import annotations

import torch


def on_gpu(accelerator: str) -> bool:
    """Whether models run on a GPU: `accelerator` is "auto", "cpu" or "gpu", as Lightning takes it."""
    return accelerator != "cpu" and torch.cuda.is_available()
