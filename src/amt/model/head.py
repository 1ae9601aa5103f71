"""A chord as a root and a quality: what one chord teaches helps all that share a part with it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from muvisync.chords import END, PAD, QUALITIES, ROOTS, VOCABULARY_SIZE


class ChordHead(nn.Module):
    """Hidden states -> logits of the next chord: its own, its root's and its quality's, added. All begin at zero."""

    def __init__(self, width: int) -> None:
        super().__init__()
        roots, qualities = chord_parts()
        self.register_buffer("_roots", roots, persistent=False)
        self.register_buffer("_qualities", qualities, persistent=False)
        self.chord = nn.Linear(width, VOCABULARY_SIZE)
        self.root = nn.Linear(width, int(roots.max()) + 1)
        self.quality = nn.Linear(width, int(qualities.max()) + 1)
        for layer in (self.chord, self.root, self.quality):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, state: Tensor) -> Tensor:
        """Logits (..., vocabulary) of states (..., width)."""
        return self.chord(state) + self.root(state)[..., self._roots] + self.quality(state)[..., self._qualities]


def chord_parts() -> tuple[Tensor, Tensor]:
    """Root and quality ids of every chord id, (vocabulary,) each; no chord is 0, END and PAD follow the last."""
    ids = torch.arange(VOCABULARY_SIZE)
    roots = 1 + (ids - 1).div(len(QUALITIES), rounding_mode="floor")
    qualities = 1 + (ids - 1) % len(QUALITIES)
    roots[0] = qualities[0] = 0
    for offset, special in enumerate((END, PAD), start=1):
        roots[special], qualities[special] = len(ROOTS) + offset, len(QUALITIES) + offset
    return roots, qualities
