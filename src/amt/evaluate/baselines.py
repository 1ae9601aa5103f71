"""What counting alone predicts: the models have to beat these (DESIGN.md section 5).

Each gives probabilities (seconds + 1, vocabulary) for a song's `targets`: row t sees the chords before second t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from muvisync.chords import PAD, VOCABULARY_SIZE

_MOST_TRUST = 0.98  # the rest keeps the cross-entropy finite


def fit_unigram(songs: Sequence[np.ndarray]) -> np.ndarray:
    """Share of each id among the training songs' targets, (vocabulary,), with a pseudo-count each; PAD has none."""
    counts = np.bincount(np.concatenate([*songs, []]).astype(int), minlength=VOCABULARY_SIZE) + 1.0
    counts[PAD] = 0
    return counts / counts.sum()


def fit_bigram(songs: Sequence[np.ndarray], unigram: np.ndarray, smoothing: float) -> np.ndarray:
    """P(next | previous), (vocabulary, vocabulary); `smoothing` pseudo-counts come from the unigram.

    A previous chord that is unknown (PAD), or was never seen, gives the unigram.
    """
    counts = np.zeros((VOCABULARY_SIZE, VOCABULARY_SIZE))
    for targets in songs:
        np.add.at(counts, (targets[:-1], targets[1:]), 1)
    counts[PAD], counts[:, PAD] = 0, 0
    return (counts + smoothing * unigram) / (counts.sum(axis=1, keepdims=True) + smoothing)


def previous_chords(targets: np.ndarray) -> np.ndarray:
    """The chord before each step, (steps,); PAD before the first."""
    return np.concatenate([[PAD], targets[:-1]])


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
    """What followed the longest match of the last chords earlier in the same song, then the bigram.

    `trust[n]` is the weight of the followers after a match of n chords: the mean probability that they gave to the
    truth in the training songs.
    """

    bigram: np.ndarray
    trust: np.ndarray

    @classmethod
    def fit(cls, songs: Sequence[np.ndarray], bigram: np.ndarray, longest: int) -> Memory:
        """Estimate `trust` for matches of 0 (none) to `longest` chords."""
        hits, seen = np.ones(longest + 1), np.full(longest + 1, 2.0)
        for targets in songs:
            lengths, followers = recall(targets, longest)
            known = (targets != PAD) & (lengths > 0)
            np.add.at(seen, lengths[known], 1)
            np.add.at(hits, lengths[known], followers[known, targets[known]])
        trust = np.minimum(hits / seen, _MOST_TRUST)
        trust[0] = 0
        return cls(bigram, trust)

    def probabilities(self, targets: np.ndarray) -> np.ndarray:
        """(steps, vocabulary)."""
        lengths, followers = recall(targets, len(self.trust) - 1)
        trust = self.trust[lengths][:, None]
        return trust * followers + (1 - trust) * self.bigram[previous_chords(targets)]


def recall(targets: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Look back in a song.

    Returns:
        lengths: (steps,), how many of the last chords before step t (at most `longest`) occurred earlier in the song.
        followers: (steps, vocabulary), shares of what followed there; zeros where nothing matched.
    """
    lengths = np.zeros(len(targets), dtype=int)
    followers = np.zeros((len(targets), VOCABULARY_SIZE))
    matches = np.zeros(0, dtype=int)  # [j]: how many chords ending at j equal those ending at the newest
    for step in range(1, len(targets)):
        newest = targets[step - 1]
        same = (targets[: step - 1] == newest) & (newest != PAD)
        # matches[j] of the second before becomes the run that ends one later
        matches = np.where(same, np.minimum(np.concatenate([[0], matches])[: step - 1] + 1, longest), 0)
        if matches.any():
            lengths[step] = matches.max()
            after = targets[1:step][matches == lengths[step]]
            np.add.at(followers[step], after[after != PAD], 1)
            followers[step] /= max(followers[step].sum(), 1)
    return lengths, followers
