"""A chord as a root, a quality and its tones: what one chord teaches helps all that share a part with it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from muvisync.chords import END, INTERVALS, PAD, QUALITIES, ROOTS, VOCABULARY_SIZE

_TONE_SCALE = 0.3  # of the tones' first vectors; a chord is the sum of three or four


class _Parts(nn.Module):
    """Which parts each chord id has; buffers, so that they go where the model goes."""

    def __init__(self) -> None:
        super().__init__()
        roots, qualities = chord_parts()
        self.register_buffer("roots", roots, persistent=False)
        self.register_buffer("qualities", qualities, persistent=False)
        self.register_buffer("tones", chord_tones(), persistent=False)


class ChordEmbedding(_Parts):
    """Chord ids -> vectors: its root's and its quality's, added, and with `tones` those of its pitch classes."""

    def __init__(self, width: int, tones: bool) -> None:
        super().__init__()
        self.root = nn.Embedding(int(self.roots.max()) + 1, width)
        self.quality = nn.Embedding(int(self.qualities.max()) + 1, width)
        self.tone = nn.Parameter(torch.randn(len(ROOTS), width) * _TONE_SCALE) if tones else None

    def forward(self, chords: Tensor) -> Tensor:
        """(..., width) of ids (...)."""
        vectors = self.root(self.roots[chords]) + self.quality(self.qualities[chords])
        return vectors if self.tone is None else vectors + self.tones[chords] @ self.tone

    def all(self) -> Tensor:
        """Of the whole vocabulary, (vocabulary, width)."""
        return self(torch.arange(VOCABULARY_SIZE, device=self.roots.device))


class ChordHead(_Parts):
    """Hidden states -> logits of the next chord: its own and those of its parts, added. All begin at zero."""

    def __init__(self, width: int, tones: bool) -> None:
        super().__init__()
        self.chord = nn.Linear(width, VOCABULARY_SIZE)
        self.root = nn.Linear(width, int(self.roots.max()) + 1)
        self.quality = nn.Linear(width, int(self.qualities.max()) + 1)
        self.tone = nn.Linear(width, len(ROOTS)) if tones else None
        for layer in filter(None, (self.chord, self.root, self.quality, self.tone)):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, state: Tensor) -> Tensor:
        """Logits (..., vocabulary) of states (..., width)."""
        logits = self.chord(state) + self.root(state)[..., self.roots] + self.quality(state)[..., self.qualities]
        return logits if self.tone is None else logits + self.tone(state) @ self.tones.T


def chord_parts() -> tuple[Tensor, Tensor]:
    """Root and quality ids of every chord id, (vocabulary,) each; no chord is 0, END and PAD follow the last."""
    ids = torch.arange(VOCABULARY_SIZE)
    roots = 1 + (ids - 1).div(len(QUALITIES), rounding_mode="floor")
    qualities = 1 + (ids - 1) % len(QUALITIES)
    roots[0] = qualities[0] = 0
    for offset, special in enumerate((END, PAD), start=1):
        roots[special], qualities[special] = len(ROOTS) + offset, len(QUALITIES) + offset
    return roots, qualities


def chord_tones() -> Tensor:
    """Pitch classes of every chord id, (vocabulary, 12): 1 for its tones, C first; no chord, END and PAD have none."""
    tones = torch.zeros(VOCABULARY_SIZE, len(ROOTS))
    for root in range(len(ROOTS)):
        for quality, intervals in enumerate(INTERVALS.values()):
            tones[1 + root * len(QUALITIES) + quality, [(root + step) % len(ROOTS) for step in intervals]] = 1
    return tones
