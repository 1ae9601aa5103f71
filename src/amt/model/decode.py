"""A video -> chords: samples from the transformer, one chord a second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from threadpoolctl import threadpool_limits
from torch import Tensor

from amt.model.amt import START, Amt
from amt.model.video import Video
from muvisync.chords import END, PAD

LONGEST_HOLD = 8
"""Seconds; after that another chord must come (published: 2). A sampled loop would otherwise hold a chord for good."""


@dataclass(frozen=True)
class Sampling:
    """How chords are drawn: by default as music for a video is made.

    Attributes:
        temperature: below 1 more predictable, above 1 bolder.
        top_p: only the likeliest chords that together have this probability may come (nucleus sampling, Holtzman et al.
            2020); 1: all.
        longest_hold: seconds after which another chord must come; None: never.
        no_chord: whether "N" may come. END and PAD never do: music goes on until the video ends.
    """

    temperature: float
    top_p: float = 1.0
    longest_hold: int | None = LONGEST_HOLD
    no_chord: bool = False


@contextmanager
def _one_thread() -> Iterator[None]:
    """On a busy machine threads that wait for each other at each small step take many times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


@_one_thread()
@torch.inference_mode()
def video_to_chords(
    model: Amt,
    video: Video,
    key: Tensor,
    known: Sequence[int],
    sampling: Sampling,
    chances: Sequence[torch.Generator],
) -> list[list[int]]:
    """Variants of the chord ids of all seconds of a video (a batch of one); each begins with the `known` ones.

    The video is encoded once and the decoder keeps its keys and values, so a step costs one chord of each variant.

    Args:
        key: (1,) a value of `KEY_IDS`.
        chances: one a variant, on the CPU, whatever the model is on; the same state gives the same chords.
    """
    variants: list[list[int]] = [[] for _ in chances]
    encoded, count = model.encoder(video), len(chances)
    # one row a variant: what is expanded takes no memory of its own
    state = model.decoder.begin(encoded.expand(count, -1, -1), video.mask.expand(count, -1), key.expand(count))
    last = torch.full((count,), START, device=key.device)
    for second in range(video.mask.shape[1]):
        logits, state = model.decoder.step(last, state)
        for chords, row, chance in zip(variants, logits.double().cpu(), chances, strict=True):
            chords.append(known[second] if second < len(known) else _draw(row, chords, sampling, chance))
        last = torch.tensor([chords[-1] for chords in variants], device=key.device)
    return variants


def _draw(logits: Tensor, chords: Sequence[int], sampling: Sampling, chance: torch.Generator) -> int:
    """The next chord, by its `logits` (vocabulary,), which are changed."""
    logits[[END, PAD] if sampling.no_chord else [0, END, PAD]] = -torch.inf
    hold = sampling.longest_hold
    if hold and len(chords) >= hold and len(set(chords[-hold:])) == 1:
        logits[chords[-1]] = -torch.inf
    shares = _nucleus(torch.softmax(logits / sampling.temperature, dim=-1), sampling.top_p)
    return int(torch.multinomial(shares, 1, generator=chance))


def _nucleus(shares: Tensor, top_p: float) -> Tensor:
    """`shares` (vocabulary,) without the unlikely ones; the likeliest always stays."""
    if top_p >= 1:
        return shares
    ordered, places = shares.sort(descending=True)
    return shares.index_fill(0, places[ordered.cumsum(0) - ordered >= top_p], 0.0)
