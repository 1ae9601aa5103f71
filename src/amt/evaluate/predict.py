"""What the models say about songs, as arrays: one entry per song, without padding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from amt.model import Amt, Rhythm
from amt.model.batch import SongBatch, songs_to_batch
from amt.model.device import on_gpu
from amt.model.songs import Song
from muvisync.params import EvaluateParams


def choose_device(params: EvaluateParams) -> torch.device:
    """Where the models run; takes as many threads as the parameters say."""
    if params.threads:
        torch.set_num_threads(params.threads)
    return torch.device("cuda" if on_gpu(params.accelerator) else "cpu")


def songs_to_logits(model: Amt, songs: Sequence[Song], batch_size: int) -> list[np.ndarray]:
    """Teacher-forced logits of the AMT, (seconds + 1, vocabulary) per song."""
    rows = _run(model, songs, batch_size, lambda batch: model(batch.video, batch.chords, batch.key))
    return [row[: song.seconds + 1] for song, row in zip(songs, rows, strict=True)]


def songs_to_rhythm(model: Rhythm, songs: Sequence[Song], batch_size: int) -> list[np.ndarray]:
    """Predicted note density and loudness in real units, (seconds, 2) per song."""
    rows = _run(model, songs, batch_size, lambda batch: model(batch.video))
    return [row[: song.seconds] for song, row in zip(songs, rows, strict=True)]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log probabilities along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@torch.inference_mode()
def _run(
    model: nn.Module, songs: Sequence[Song], batch_size: int, forward: Callable[[SongBatch], Tensor]
) -> list[np.ndarray]:
    """Padded rows of every song, in the order of `songs`."""
    model.eval()
    device = next(model.parameters()).device
    chunks = (songs[start : start + batch_size] for start in range(0, len(songs), batch_size))
    return [row for chunk in chunks for row in forward(songs_to_batch(chunk).to(device)).double().cpu().numpy()]
