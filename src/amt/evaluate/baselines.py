"""What counting alone predicts: the models have to beat these (DESIGN.md section 5).

Each gives probabilities (seconds + 1, vocabulary) for a song's `targets`: row t sees the chords before second t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amt.model.ngrams import bigram_counts, previous_chords, smooth
from muvisync.chords import PAD, VOCABULARY_SIZE

_MOST_TRUST = 0.98  # the rest keeps the cross-entropy finite


@dataclass(frozen=True)
class Repeat:
    """The previous chord, then the commonest chords of the training songs; `stay` is the share that repeats."""

    unigram: np.ndarray
    stay: float

    @classmethod
    def fit(cls, songs: Sequence[np.ndarray], unigram: np.ndarray) -> Repeat:
        """Estimate `stay`; at least .5, so that the previous chord comes first whatever the songs do."""
        pairs = np.concatenate([np.stack([s[:-1], s[1:]], 1)[(s[:-1] != PAD) & (s[1:] != PAD)] for s in songs])
        stay = (np.sum(pairs[:, 0] == pairs[:, 1]) + 1) / (len(pairs) + 2)
        return cls(unigram, float(np.clip(stay, 0.5, _MOST_TRUST)))

    def probabilities(self, targets: np.ndarray) -> np.ndarray:
        """(steps, vocabulary)."""
        previous = previous_chords(targets)
        stay = np.where(previous == PAD, 0.0, self.stay)
        table = (1 - stay)[:, None] * self.unigram
        table[np.arange(len(targets)), previous] += stay
        return table


@dataclass(frozen=True)
class Memory:
    """What followed the last chords where they stood earlier in the same song: longest match first, then the bigram.

    `trust[n - 1]` is the share that the followers of a match of n chords get; the rest goes to the shorter match, down
    to the bigram (deleted interpolation, Jelinek and Mercer 1980).
    """

    bigram: np.ndarray
    trust: np.ndarray

    @classmethod
    def fit(cls, songs: Sequence[np.ndarray], unigram: np.ndarray, smoothing: float, longest: int) -> Memory:
        """Fit on the training songs; each level's trust maximises their likelihood.

        Each song is predicted by the bigram of the others: in its own it would seem too good to need a memory.
        """
        counts = bigram_counts(songs)
        chance, followed, matched = [], [], []
        for targets in songs:
            previous, known = previous_chords(targets), targets != PAD
            others = smooth(counts - bigram_counts([targets]), unigram, smoothing)
            followers, found = recall(targets, longest)
            chance.append(others[previous, targets][known])
            followed.append(followers[:, np.arange(len(targets)), targets][:, known])
            matched.append(found[:, known])
        trust, below = np.zeros(longest), np.concatenate(chance)
        levels = zip(np.concatenate(followed, 1), np.concatenate(matched, 1), strict=True)
        for level, (share, found) in enumerate(levels):
            trust[level] = _mixing_weight(share[found], below[found])
            below = np.where(found, trust[level] * share + (1 - trust[level]) * below, below)
        return cls(smooth(counts, unigram, smoothing), trust)

    def probabilities(self, targets: np.ndarray) -> np.ndarray:
        """(steps, vocabulary)."""
        table = self.bigram[previous_chords(targets)]
        for trust, share, found in zip(self.trust, *recall(targets, len(self.trust)), strict=True):
            table = np.where(found[:, None], trust * share + (1 - trust) * table, table)
        return table

    def following(self, chords: Sequence[int]) -> np.ndarray:
        """(vocabulary,) of the chord after these: the row that `probabilities` has there, without all the others."""
        known = np.asarray(chords, dtype=int)
        table = self.bigram[known[-1] if len(known) else PAD]
        ends = np.arange(len(known) - 1)  # where the match so far could end: everywhere
        for length, trust in enumerate(self.trust, start=1):
            wanted = known[-length] if length <= len(known) else PAD
            ends = ends[ends >= length - 1]
            ends = ends[(known[ends - length + 1] == wanted) & (wanted != PAD)]
            counts = np.bincount(known[ends + 1], minlength=VOCABULARY_SIZE)
            counts[PAD] = 0
            if counts.any():
                table = trust * counts / counts.sum() + (1 - trust) * table
        return table


def recall(targets: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Look back in a song, for matches of 1 to `longest` chords.

    Returns:
        followers: (longest, steps, vocabulary), shares of what followed where the last chords before step t stood
            earlier in the song; zeros where they did not.
        found: (longest, steps) bool, whether they did.
    """
    previous = previous_chords(targets)
    same = np.tril(previous[:, None] == previous, -1) & (previous != PAD)
    what = np.eye(VOCABULARY_SIZE, dtype=np.float32)[targets]
    what[:, PAD] = 0
    followers, match = np.zeros((longest, *what.shape), dtype=np.float32), same
    for level in range(longest):
        followers[level] = match.astype(np.float32) @ what
        # a match of one chord more: the same chord here, and a match that ends one second earlier
        match = same & np.pad(match, ((1, 0), (1, 0)))[:-1, :-1]
    totals = followers.sum(axis=-1, keepdims=True)
    return followers / np.maximum(totals, 1), totals[..., 0] > 0


def _mixing_weight(upper: np.ndarray, lower: np.ndarray, rounds: int = 30) -> float:
    """The share of `upper` that maximises the likelihood of truths with these probabilities, by EM."""
    weight = 0.5
    for _ in range(rounds if len(upper) else 0):
        weight = float(np.mean(weight * upper / (weight * upper + (1 - weight) * lower)))
    return min(weight, _MOST_TRUST)
