"""Where in the song a second lies: what music does at its start and at its end hardly depends on the picture."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_SPANS = (1, 2, 4, 8, 16, 32, 64)  # seconds over which the nearness of the start and of the end fades
_WAVES = (1, 2, 3, 4)  # half periods over the song
_USUAL, _SPREAD = 240.0, 35.0  # seconds, of the length of songs in the published release
PLACES = 2 * len(_SPANS) + 2 * len(_WAVES) + 2


def mask_to_places(mask: Tensor, longest: int) -> Tensor:
    """Smooth functions of a second's place in its song, (batch, seconds, PLACES); zero in the padding.

    They are the nearness of the start and of the end at several scales, waves over the song, and the song's length.

    Args:
        mask: (batch, seconds) bool, real seconds.
        longest: seconds at which the dataset cuts songs; of a song of exactly so many the end is not known.
    """
    length = mask.sum(1, keepdim=True).float()
    second = torch.arange(mask.shape[1], device=mask.device).float().expand(mask.shape)
    cut = (length == longest).float().expand(mask.shape)
    left = (length - 1 - second).clamp(min=0)
    part = second / length.clamp(min=1)
    places = [torch.exp(-second / span) for span in _SPANS]
    places += [torch.exp(-left / span) * (1 - cut) for span in _SPANS]
    places += [wave(math.pi * count * part) for count in _WAVES for wave in (torch.sin, torch.cos)]
    # a longer or shorter song than any that was learned from is taken as the longest or shortest of them
    places += [((length - _USUAL) / _SPREAD).clamp(-3, 3).expand(mask.shape), cut]
    return torch.stack(places, dim=-1) * mask.unsqueeze(-1)
