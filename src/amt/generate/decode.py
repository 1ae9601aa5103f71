"""Features -> chords, note density and loudness, for videos of any length."""

from __future__ import annotations

import torch
from torch import Tensor

from amt.generate.features import Features, features_to_video, window
from amt.model import KEY_IDS, Amt, Rhythm
from amt.model.decode import Sampling, video_to_chords
from muvisync.chords import chord_to_id, id_to_chord

WINDOW = 300
"""Seconds; no song of the dataset is longer, so the model never saw more."""
CONTEXT = 32  # seconds of the window before that the next one sees again


def features_to_chords(
    model: Amt, features: Features, mode: str, primer: list[str], *, temperature: float, seed: int
) -> list[str]:
    """Sample a chord for every second.

    Args:
        mode: "major" or "minor".
        primer: the first chords, normalised; more than there are seconds are cut off.
        temperature: below 1 more predictable, above 1 bolder.
        seed: the same seed gives the same chords.

    Returns:
        Labels normalised to C major or A minor, never "N". A video longer than WINDOW is sampled window by window,
        each beginning with the last CONTEXT chords of the one before.
    """
    chance, sampling = torch.Generator().manual_seed(seed), Sampling(temperature)
    chords = [chord_to_id(label) for label in primer][: features.seconds]
    begin, key = 0, torch.tensor([KEY_IDS[mode]])
    while len(chords) < features.seconds:
        begin = max(0, len(chords) - CONTEXT) if begin or len(chords) >= WINDOW else 0
        video = features_to_video(window(features, begin, begin + WINDOW))
        chords[begin:] = video_to_chords(model, video, key, chords[begin:], sampling, chance)
    return [id_to_chord(chord) for chord in chords]


@torch.inference_mode()
def features_to_rhythm(model: Rhythm, features: Features) -> tuple[Tensor, Tensor]:
    """Note density (notes sounding in the second) and loudness (0-1) of every second, two float32 (seconds,)."""
    density, loudness = model(features_to_video(features))[0].unbind(-1)
    return density, loudness
