"""A video -> chords: samples from the transformer, one chord a second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from amt.model.amt import START, Amt
from amt.model.video import Video
from muvisync.chords import END, PAD

LONGEST_HOLD = 4
"""Seconds; after that another chord must come (published: 2). A sampled loop would otherwise hold a chord for good."""


@dataclass(frozen=True)
class Sampling:
    """How chords are drawn: by default as music for a video is made.

    Attributes:
        temperature: below 1 more predictable, above 1 bolder.
        longest_hold: seconds after which another chord must come; None: never.
        no_chord: whether "N" may come. END and PAD never do: music goes on until the video ends.
    """

    temperature: float
    longest_hold: int | None = LONGEST_HOLD
    no_chord: bool = False


@torch.inference_mode()
def video_to_chords(
    model: Amt, video: Video, key: Tensor, known: Sequence[int], sampling: Sampling, chance: torch.Generator
) -> list[int]:
    """Chord ids of all seconds of a video (a batch of one) that begins with the `known` ones.

    Args:
        key: (1,) a value of `KEY_IDS`.
        chance: on the CPU, whatever the model is on; the same state gives the same chords.
    """
    chords: list[int] = []
    for logits in _steps(model, video, key, chords):
        if len(chords) < len(known):
            chords.append(known[len(chords)])
        else:
            chords.append(_draw(logits.double().cpu(), chords, sampling, chance))
    return chords


def _draw(logits: Tensor, chords: list[int], sampling: Sampling, chance: torch.Generator) -> int:
    """The next chord, by its `logits` (vocabulary,), which are changed."""
    logits[[END, PAD] if sampling.no_chord else [0, END, PAD]] = -torch.inf
    hold = sampling.longest_hold
    if hold and len(chords) >= hold and len(set(chords[-hold:])) == 1:
        logits[chords[-1]] = -torch.inf
    return int(torch.multinomial(torch.softmax(logits / sampling.temperature, dim=-1), 1, generator=chance))


def _steps(model: Amt, video: Video, key: Tensor, chords: list[int]) -> Iterator[Tensor]:
    """Logits of each second's chord, (vocabulary,), given `chords`, to which the caller appends.

    The video is encoded once and the decoder keeps its keys and values, so a step costs one chord.
    """
    state = model.decoder.begin(model.encoder(video), video.mask)
    for _ in range(video.mask.shape[1]):
        last = torch.tensor([chords[-1] if chords else START], device=key.device)
        logits, state = model.decoder.step(last, key, state)
        yield logits[0].clone()
