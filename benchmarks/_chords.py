"""How long a model takes for the chords of a video."""

from __future__ import annotations

import time

import torch

from amt.model import KEY_IDS, Amt, Video
from amt.model.decode import Sampling, video_to_chords

_FIRST = [1]  # C, as the published program is asked to begin


def time_chords(model: Amt, video: Video, mode: str) -> tuple[float, list[int]]:
    """Processor seconds for the chords of a video (a batch of one), and their ids; always the same seed."""
    key, chance = torch.tensor([KEY_IDS[mode]]), torch.Generator().manual_seed(0)
    started = time.process_time()
    chords = video_to_chords(model, video, key, _FIRST, Sampling(1.0), [chance])[0]
    return time.process_time() - started, chords
