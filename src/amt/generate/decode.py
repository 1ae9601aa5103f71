"""Features -> chords: samples from the transformer, one chord a second."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from amt.generate.features import Features, features_to_video, window
from amt.model import KEY_IDS, START, Amt, BiGru
from muvisync.chords import CHORDS, chord_to_id, id_to_chord

WINDOW = 300
"""Seconds; no song of the dataset is longer, so the model never saw more."""
CONTEXT = 32  # seconds of the window before that the next one sees again
LONGEST_HOLD = 4
"""Seconds; after that another chord must come (published: 2). A sampled loop would otherwise hold a chord for good."""
_NEVER = [0, *range(len(CHORDS), len(CHORDS) + 2)]  # no chord, END, PAD: music goes on until the video ends


@torch.inference_mode()
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
    chance = torch.Generator().manual_seed(seed)
    chords = [chord_to_id(label) for label in primer][: features.seconds]
    begin = 0
    while len(chords) < features.seconds:
        begin = max(0, len(chords) - CONTEXT) if begin or len(chords) >= WINDOW else 0
        part = window(features, begin, begin + WINDOW)
        chords[begin:] = _sample_window(model, part, mode, chords[begin:], temperature, chance)
    return [id_to_chord(chord) for chord in chords]


@torch.inference_mode()
def features_to_rhythm(model: BiGru, features: Features) -> tuple[Tensor, Tensor]:
    """Note density (notes sounding in the second) and loudness (0-1) of every second, two float32 (seconds,)."""
    density, loudness = model(features_to_video(features))[0].unbind(-1)
    return density, loudness


def _sample_window(
    model: Amt, features: Features, mode: str, known: list[int], temperature: float, chance: torch.Generator
) -> list[int]:
    """Chords of all seconds of a window that begins with the `known` ones."""
    chords: list[int] = []
    for logits in _steps(model, features, mode, chords):
        if len(chords) < len(known):
            chords.append(known[len(chords)])
            continue
        logits[_NEVER] = -torch.inf
        if len(chords) >= LONGEST_HOLD and len(set(chords[-LONGEST_HOLD:])) == 1:
            logits[chords[-1]] = -torch.inf
        chances = torch.softmax(logits.double() / temperature, dim=-1)
        chords.append(int(torch.multinomial(chances, 1, generator=chance)))
    return chords


def _steps(model: Amt, features: Features, mode: str, chords: list[int]) -> Iterator[Tensor]:
    """Logits of each second's chord, (vocabulary,), given `chords`, to which the caller appends.

    The video is encoded once and the decoder keeps its keys and values, so a step costs one chord.
    """
    video, key = features_to_video(features), torch.tensor([KEY_IDS[mode]])
    state = model.decoder.begin(model.encoder(video), video.mask)
    for _ in range(features.seconds):
        last = torch.tensor([chords[-1] if chords else START])
        logits, state = model.decoder.step(last, key, state)
        yield logits[0].clone()
