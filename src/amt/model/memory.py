"""The song so far as a memory: pointers to where the song was like this before, and what came next there.

A pointer network (Vinyals et al. 2015) whose attention also knows how long and how well the two pasts agree, mixed
with the decoder's own answer in the logarithm, as context-mixing compressors do (Mahoney 2005, "logistic mixing").
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from amt.model.chord import ChordHead
from amt.model.likeness import LIKENESSES, Runs, chords_to_likenesses, chords_to_runs
from muvisync.chords import VOCABULARY_SIZE

_JUDGE, _KEY = 24, 16
_OLDEST = 15  # seconds that a chord has been held; longer is as long
_FLOOR = 1e-4  # probability of what no pointer points to


class Recollection(NamedTuple):
    """What each pointer says of the steps asked for.

    Attributes:
        chords: (batch, pointers, steps, vocabulary), shares of what the pointer copies.
        nothing: (batch, pointers, steps), the share that it keeps to itself; both add up to 1.
        age: (batch, steps), steps that the last chord has been held.
    """

    chords: Tensor
    nothing: Tensor
    age: Tensor


class SongMemory(nn.Module):
    """Pointers into the song's past; a quarter of them copy what followed a whole run of one chord, not the second."""

    def __init__(self, width: int, pointers: int) -> None:
        super().__init__()
        self.pointers, self.of_runs = pointers, pointers // 4
        self.likeness = nn.Sequential(nn.Linear(LIKENESSES, _JUDGE), nn.GELU(), nn.Linear(_JUDGE, pointers))
        self.query = nn.Linear(width, pointers * _KEY)
        self.key = nn.Linear(width, pointers * _KEY)
        self.nothing = nn.Linear(width, pointers)

    def forward(self, chords: Tensor, roots: Tensor, keys: Tensor, hidden: Tensor) -> Recollection:
        """Recall for the last steps.

        Args:
            chords: (batch, steps) ids of all steps so far, `START` first; `roots` their roots.
            keys: (batch, steps, pointers x key) from `self.key`, of all steps.
            hidden: (batch, newest, width), states of the last steps, for which it is asked.
        """
        runs, newest = chords_to_runs(chords), hidden.shape[1]
        scores = self._scores(chords, roots, runs, keys, hidden)
        nothing = self.nothing(hidden).transpose(1, 2).unsqueeze(-1)
        shares = torch.cat([scores, nothing], -1).softmax(-1)
        seconds = self.pointers - self.of_runs
        # the chord that came after step j is the one known at step j + 1
        follower = F.one_hot(torch.cat([chords[:, 1:], chords[:, -1:]], 1), VOCABULARY_SIZE).to(shares.dtype)
        change = F.one_hot(runs.after, VOCABULARY_SIZE).to(shares.dtype)
        pointed = shares[..., :-1].split([seconds, self.of_runs], 1)
        copied = [part @ what.unsqueeze(1) for part, what in zip(pointed, (follower, change), strict=True)]
        return Recollection(torch.cat(copied, 1), shares[..., -1], runs.age[:, -newest:])

    def _scores(self, chords: Tensor, roots: Tensor, runs: Runs, keys: Tensor, hidden: Tensor) -> Tensor:
        """(batch, pointers, newest, steps); minus infinity for what is not known yet."""
        with torch.no_grad():
            likenesses = chords_to_likenesses(chords, roots, runs, hidden.shape[1])
        query, key = (x.unflatten(-1, (self.pointers, _KEY)).transpose(1, 2) for x in (self.query(hidden), keys))
        scores = self.likeness(likenesses).permute(0, 3, 1, 2) + query @ key.transpose(2, 3) * _KEY**-0.5
        steps = torch.arange(chords.shape[1], device=chords.device)
        mine = steps[-hidden.shape[1] :, None]
        known = (steps < mine).expand(len(chords), -1, -1), runs.ended[:, None] <= mine
        groups = scores.split([self.pointers - self.of_runs, self.of_runs], 1)
        return torch.cat(
            [part.masked_fill(~seen.unsqueeze(1), -torch.inf) for part, seen in zip(groups, known, strict=True)], 1
        )


class Mixture(nn.Module):
    """The decoder's own answer, the bigram's and the pointers', mixed by weights that depend on the moment."""

    def __init__(self, width: int, pointers: int, dropout: float, tones: bool) -> None:
        super().__init__()
        self.summary = nn.Linear(3 * pointers + _OLDEST + 1, width)
        self.gist = nn.Linear(pointers * width, width)
        self.dropout = nn.Dropout(dropout)
        self.join = nn.Sequential(nn.Linear(2 * width, 2 * width), nn.GELU(), nn.Dropout(dropout))
        self.own = ChordHead(2 * width, tones)
        self.weights = nn.Linear(2 * width, pointers + 1)
        self.stay = nn.Linear(2 * width, 1)
        # it begins as an even mixture of counts, which is a good answer already
        for layer, bias in ((self.weights, 1 / (pointers + 1)), (self.stay, 0.0)):
            nn.init.zeros_(layer.weight)
            nn.init.constant_(layer.bias, bias)

    def forward(
        self, hidden: Tensor, last: Tensor, bigram: Tensor, recalled: Recollection, embedding: Tensor
    ) -> Tensor:
        """Logits (batch, steps, vocabulary).

        Args:
            hidden: (batch, steps, width); last: (batch, steps) the chord before each step.
            bigram: (batch, steps, vocabulary), log probabilities given that chord.
            embedding: (vocabulary, width), of all chords.
        """
        copied, nothing, age = recalled
        counts = (copied + nothing.unsqueeze(-1) * bigram.exp().unsqueeze(1) + _FLOOR).log()
        repeats = copied.gather(3, last[:, None, :, None].expand(*copied.shape[:3], 1)).squeeze(-1)
        summary = torch.cat([copied.amax(-1), repeats, nothing], 1).transpose(1, 2)
        held = F.one_hot(age.clamp(max=_OLDEST), _OLDEST + 1).to(summary.dtype)
        gist = (copied @ embedding).transpose(1, 2).flatten(2)
        told = self.summary(torch.cat([summary, held], -1)) + self.dropout(self.gist(gist))
        state = self.join(torch.cat([hidden, told], -1))
        weights = self.weights(state).transpose(1, 2).unsqueeze(-1)
        mixed = (weights * torch.cat([counts, bigram.unsqueeze(1)], 1)).sum(1)
        answer = self.own(state) + mixed
        return answer.scatter_add(2, last.unsqueeze(-1), self.stay(state).type_as(answer))
