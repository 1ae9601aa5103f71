"""Chords that are made without being told the true ones: by the AMT, and by counting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from amt.evaluate.baselines import Memory
from amt.model import Amt
from amt.model.batch import songs_to_batch
from amt.model.decode import Sampling, video_to_chords
from amt.model.songs import Song
from muvisync.chords import END, PAD

Chords = list[np.ndarray]
"""Ids, (seconds,) per song."""


def choose_songs(songs: Sequence[Song], count: int) -> list[Song]:
    """At most `count` of the songs that have a picture, evenly spaced."""
    seeing = [song for song in songs if song.has_video]
    places = np.linspace(0, len(seeing) - 1, min(count, len(seeing))).astype(int)
    return [seeing[place] for place in places]


def sample_model(model: Amt, songs: Sequence[Song], sampling: Sampling, seed: int) -> Chords:
    """Chords for the videos of these songs, each as long as its song; the same seed gives the same chords."""
    device = next(model.parameters()).device
    made = []
    for place, song in enumerate(songs):
        batch = songs_to_batch([song]).to(device)
        chance = torch.Generator().manual_seed(seed + place)
        chords = video_to_chords(model.eval(), batch.video, batch.key, [], sampling, [chance])[0]
        made.append(np.array(chords))
    return made


def sample_memory(memory: Memory, songs: Sequence[Song], seed: int) -> Chords:
    """Chords by counting, each as many as its song has seconds: what the picture shows plays no part."""
    made = []
    for place, song in enumerate(songs):
        chance = np.random.default_rng(seed + place)
        chords: list[int] = []
        for _ in range(song.seconds):
            shares = memory.following(chords).astype(float)
            shares[[END, PAD]] = 0
            chords.append(int(chance.choice(len(shares), p=shares / shares.sum())))
        made.append(np.array(chords))
    return made
