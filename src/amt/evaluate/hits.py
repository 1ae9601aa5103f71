"""How well the next chord is predicted: pure functions of arrays, for one song at a time."""

from __future__ import annotations

import numpy as np

from amt.model.losses import MATCHING_QUALITIES
from muvisync.chords import CHORDS, END, PAD, split_chord
from muvisync.schema import EMOTIONS

CHORD_METRICS = ("hits1", "hits3", "hits5", "cross_entropy")
CLEAR_EMOTION = 0.8  # probability from which "correspondence" counts a second (Kang et al. 2024)
_MATCHES = {
    (emotion, chord): split_chord(chord)[1] in MATCHING_QUALITIES[emotion] for emotion in EMOTIONS for chord in CHORDS
}


def target_ranks(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Rank of each target, 0 = best; among equal scores the lower id stands first.

    Args:
        scores: (steps, vocabulary), larger is better; targets: (steps,) ids.
    """
    own = scores[np.arange(len(targets)), targets][:, None]
    ahead = (scores > own) | ((scores == own) & (np.arange(scores.shape[1]) < targets[:, None]))
    return ahead.sum(axis=1)


def chord_metrics(log_probabilities: np.ndarray, targets: np.ndarray, counted: np.ndarray) -> dict[str, float] | None:
    """Hits@1/3/5 (shares) and cross-entropy (nats) over the counted steps; None when none counts.

    Args:
        log_probabilities: (steps, vocabulary); targets: (steps,) ids; counted: (steps,) bool.
    """
    if not counted.any():
        return None
    scores, wanted = log_probabilities[counted], targets[counted]
    ranks = target_ranks(scores, wanted)
    hits = {f"hits{k}": float((ranks < k).mean()) for k in (1, 3, 5)}
    return {**hits, "cross_entropy": float(-scores[np.arange(len(wanted)), wanted].mean())}


def counted_steps(targets: np.ndarray) -> dict[str, np.ndarray]:
    """Which steps of a song count, (seconds + 1,) bool each.

    "all": from the second 1 on (the first chord is given, as published), the END step included, without unknown chords.
    "changes": those of them whose chord differs from the second before; without the END, which is no chord.

    Args:
        targets: (seconds + 1,) ids as of `amt.model.batch.song_to_targets`.
    """
    every = targets != PAD
    every[0] = False
    before = np.concatenate([[PAD], targets[:-1]])
    return {"all": every, "changes": every & (targets != before) & (before != PAD) & (targets != END)}


def correspondence(predicted: np.ndarray, emotion: np.ndarray, known: np.ndarray) -> tuple[int, int]:
    """Seconds whose predicted quality matches a clear emotion, and seconds with a clear emotion.

    Clear: the largest probability is at least .80 and is not neutral (which matches nothing).

    Args:
        predicted: (seconds,) chord ids; emotion: (seconds, 6) probabilities; known: (seconds,) bool.
    """
    strongest = emotion.argmax(axis=1)
    clear = known & (emotion.max(axis=1) >= CLEAR_EMOTION) & (strongest != EMOTIONS.index("neutral"))
    pairs = zip(strongest[clear], predicted[clear], strict=True)
    matches = sum(chord < END and _MATCHES[EMOTIONS[mood], CHORDS[chord]] for mood, chord in pairs)
    return matches, int(clear.sum())
