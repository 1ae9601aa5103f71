"""Learning rate over the steps of a run, as a share of its peak."""

from __future__ import annotations

import math
from typing import Literal

_FLOOR = 0.05  # where the cosine ends


def learning_rate_share(
    step: int, warmup: int, total: int, schedule: Literal["constant", "cosine", "inverse_sqrt"]
) -> float:
    """Linear warm-up to 1 over `warmup` steps, then constant, a cosine to .05 at `total`, or sqrt(warmup / step)."""
    if step < warmup:
        return (step + 1) / warmup
    if schedule == "constant":
        return 1.0
    if schedule == "inverse_sqrt":
        return math.sqrt(max(warmup, 1) / (step + 1))
    done = min((step - warmup) / max(total - warmup, 1), 1.0)
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * done))
