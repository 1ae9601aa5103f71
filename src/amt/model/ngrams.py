"""Counts of chords: what the counting baselines predict by, and where the transformer starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from muvisync.chords import PAD, VOCABULARY_SIZE


def fit_unigram(songs: Sequence[np.ndarray]) -> np.ndarray:
    """Share of each id among the training songs' targets, (vocabulary,), with a pseudo-count each; PAD has none."""
    counts = np.bincount(np.concatenate([*songs, []]).astype(int), minlength=VOCABULARY_SIZE) + 1.0
    counts[PAD] = 0
    return counts / counts.sum()


def bigram_counts(songs: Sequence[np.ndarray]) -> np.ndarray:
    """How often each chord followed each other one, (vocabulary, vocabulary); nothing of unknown chords (PAD)."""
    counts = np.zeros((VOCABULARY_SIZE, VOCABULARY_SIZE))
    for targets in songs:
        np.add.at(counts, (targets[:-1], targets[1:]), 1)
    counts[PAD], counts[:, PAD] = 0, 0
    return counts


def smooth(counts: np.ndarray, unigram: np.ndarray, smoothing: float) -> np.ndarray:
    """P(next | previous), (vocabulary, vocabulary), with `smoothing` pseudo-counts from the unigram.

    A previous chord that was never seen, or is unknown (PAD), gives the unigram.
    """
    return (counts + smoothing * unigram) / (counts.sum(axis=1, keepdims=True) + smoothing)


def previous_chords(targets: np.ndarray) -> np.ndarray:
    """The chord before each step, (steps,); PAD before the first."""
    return np.concatenate([[PAD], targets[:-1]])
