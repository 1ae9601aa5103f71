"""Features -> chords, note density and loudness, for videos of any length."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from amt.generate.predict.features import Features, features_to_video, window
from amt.model import KEY_IDS, Amt, Rhythm
from amt.model.decode import Sampling, video_to_chords
from muvisync.chords import chord_to_id, id_to_chord

WINDOW = 300
"""Seconds; no song of the dataset is longer, so the model never saw more."""
CONTEXT = 32  # seconds of the window before that the next one sees again


def features_to_chords(
    model: Amt, features: Features, mode: str, primer: list[str], sampling: Sampling, seeds: Sequence[int]
) -> list[list[str]]:
    """Sample a chord for every second, once for each seed.

    Args:
        mode: "major" or "minor".
        primer: the first chords, normalised; more than there are seconds are cut off.
        seeds: the same seed gives the same chords, whatever the others are.

    Returns:
        For each seed labels normalised to C major or A minor. A video longer than WINDOW is sampled window by window,
        each beginning with the last CONTEXT chords of the one before.
    """
    chances = [torch.Generator().manual_seed(seed) for seed in seeds]
    key, first = torch.tensor([KEY_IDS[mode]]), [chord_to_id(label) for label in primer][: features.seconds]
    if features.seconds <= WINDOW:
        variants = video_to_chords(model, features_to_video(features), key, first, sampling, chances)
    else:
        variants = [_sample_long(model, features, key, first, sampling, chance) for chance in chances]
    return [[id_to_chord(chord) for chord in chords] for chords in variants]


def _sample_long(
    model: Amt, features: Features, key: Tensor, chords: list[int], sampling: Sampling, chance: torch.Generator
) -> list[int]:
    """One variant, window by window: from the second window on each variant has a beginning of its own."""
    begin = 0
    while len(chords) < features.seconds:
        begin = max(0, len(chords) - CONTEXT) if begin or len(chords) >= WINDOW else 0
        video = features_to_video(window(features, begin, begin + WINDOW))
        chords = chords[:begin] + video_to_chords(model, video, key, chords[begin:], sampling, [chance])[0]
    return chords


@torch.inference_mode()
def features_to_rhythm(model: Rhythm, features: Features) -> tuple[Tensor, Tensor]:
    """Note density (notes sounding in the second) and loudness (0-1) of every second, two float32 (seconds,)."""
    density, loudness = model(features_to_video(features))[0].unbind(-1)
    return density, loudness
