"""What a sequence of chords is like, by itself and beside others: pure functions of chord ids, one a second.

PAD stands where a chord is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amt.evaluate.harmony import TONAL_DISTANCES
from muvisync.chords import CHORDS, PAD

PATTERN = 8  # seconds
_ROOM = 1e-12


def progression_figures(chords: np.ndarray) -> dict[str, float]:
    """Figures of one song's chords (seconds,); NaN where there is nothing to measure.

    Returns:
        change_rate: share of seconds whose chord differs from the one before.
        different: number of different chords ("chord coverage" of Yeh et al. 2021).
        entropy: of the chords' shares, in bits ("chord histogram entropy", there).
        returns: share of patterns of `PATTERN` seconds that stood earlier in the song, of those that are not one
            held chord.
        irregularity: share of different triples among the triples of successive chords (Wu and Yang 2020).
        tonal_distance: mean distance of successive chords in tonal space ("chord tonal distance", Yeh et al. 2021).
    """
    pairs = np.stack([chords[:-1], chords[1:]], axis=1)
    pairs = pairs[(pairs != PAD).all(axis=1)]
    changes = pairs[pairs[:, 0] != pairs[:, 1]]
    shares = chord_counts(chords) / max((chords != PAD).sum(), 1)
    shares = shares[shares > 0]
    distances = TONAL_DISTANCES[changes[:, 0], changes[:, 1]]
    return {
        "change_rate": len(changes) / len(pairs) if len(pairs) else np.nan,
        "different": float(len(shares)) or np.nan,
        "entropy": float(-(shares * np.log2(shares)).sum()) if len(shares) else np.nan,
        "returns": returning_share(chords),
        "irregularity": irregularity(chords),
        "tonal_distance": float(np.nanmean(distances)) if np.isfinite(distances).any() else np.nan,
    }


def returning_share(chords: np.ndarray) -> float:
    """Share of the patterns of `PATTERN` seconds that stood earlier in the song without overlapping."""
    first: dict[tuple[int, ...], int] = {}
    returned = counted = 0
    for start in range(len(chords) - PATTERN + 1):
        pattern = tuple(chords[start : start + PATTERN].tolist())
        if PAD in pattern or len(set(pattern)) == 1:
            continue
        counted += 1
        returned += start - first.setdefault(pattern, start) >= PATTERN
    return returned / counted if counted else np.nan


def irregularity(chords: np.ndarray) -> float:
    """Share of different ones among all triples of successive different chords ("chord progression irregularity")."""
    known = chords[chords != PAD]
    held = known[np.diff(known, prepend=-1) != 0].tolist()
    triples = list(zip(held, held[1:], held[2:], strict=False))
    return len(set(triples)) / len(triples) if triples else np.nan


def chord_counts(chords: np.ndarray) -> np.ndarray:
    """Seconds of each chord, (chords,)."""
    return np.bincount(chords[chords != PAD], minlength=len(CHORDS)).astype(float)


def transition_counts(chords: np.ndarray) -> np.ndarray:
    """How often each chord came after each other one, (chords * chords,); seconds that hold a chord don't count."""
    before, after = chords[:-1], chords[1:]
    changes = (before != after) & (before != PAD) & (after != PAD)
    return np.bincount(before[changes] * len(CHORDS) + after[changes], minlength=len(CHORDS) ** 2).astype(float)


def divergence(counts: Sequence[float] | np.ndarray, others: Sequence[float] | np.ndarray) -> float:
    """Jensen-Shannon divergence of two distributions in bits (Lin 1991): 0 equal, 1 nothing in common; NaN if empty."""
    left, right = np.asarray(counts, float), np.asarray(others, float)
    if not left.sum() or not right.sum():
        return float("nan")
    left, right = left / left.sum(), right / right.sum()
    middle = (left + right) / 2
    halves = [(side * np.log2((side + _ROOM) / (middle + _ROOM))).sum() for side in (left, right)]
    return float(max(sum(halves) / 2, 0.0))
