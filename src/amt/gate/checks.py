"""What a candidate must be to replace a champion: surely better in one figure, not much worse in any other."""

from __future__ import annotations

import math

import numpy as np

from amt.gate.pair import Figures
from muvisync.decision import Check
from muvisync.sections import GateParams

_LOWER_IS_BETTER = {"cross_entropy"}


def share_better(candidate: np.ndarray, champion: np.ndarray, gate: GateParams) -> float:
    """How sure it is that the candidate is better by more than the margin: a paired bootstrap over songs.

    Args:
        candidate: (songs,) the metric of each song; `champion` of the same songs. Songs with NaN don't count.

    Returns:
        the share of the resamples in which the mean gain is above the margin (Koehn 2004); 0 without a song.
    """
    sign = -1.0 if gate.metric in _LOWER_IS_BETTER else 1.0
    gains = sign * (candidate - champion)
    gains = gains[np.isfinite(gains)]
    if not len(gains):
        return 0.0
    chosen = np.random.default_rng(gate.seed).integers(0, len(gains), (gate.resamples, len(gains)))
    return float((gains[chosen].mean(axis=1) > gate.margin).mean())


def check_all(candidate: Figures, champion: Figures, gate: GateParams) -> list[Check]:
    """The main check, and every bound; a bound whose figure neither has is kept."""
    new, old = candidate.means, champion.means
    return [
        _check_metric(candidate, champion, gate),
        _at_least("hits1", new, old, old["hits1"] - gate.max_hits1_drop),
        _at_least("control", new, old, old["control"] - gate.max_control_drop),
        _at_most("density_rmse", new, old, old["density_rmse"] * (1 + gate.max_density_rise)),
        _at_most("loudness_rmse", new, old, old["loudness_rmse"] * (1 + gate.max_loudness_rise)),
        _at_most("seconds", new, old, old["seconds"] * gate.max_slowdown),
        _at_most("bytes", new, old, old["bytes"] * gate.max_growth),
    ]


def _check_metric(candidate: Figures, champion: Figures, gate: GateParams) -> Check:
    name = gate.metric
    share = share_better(candidate.songs[name], champion.songs[name], gate)
    by = f" by more than {gate.margin:g}" if gate.margin else ""
    wanted = f"better{by} in {gate.confidence:.0%} of resamples (is in {share:.1%})"
    return Check(name, candidate.means[name], champion.means[name], wanted, share >= gate.confidence)


def _at_least(name: str, new: dict[str, float], old: dict[str, float], bound: float) -> Check:
    # a control that can't be measured any more does not pass; one that never could does
    passed = math.isnan(bound) or new[name] >= bound
    return Check(name, known(new[name]), known(old[name]), f"at least {bound:.4g}", passed)


def _at_most(name: str, new: dict[str, float], old: dict[str, float], bound: float) -> Check:
    passed = math.isnan(bound) or new[name] <= bound
    return Check(name, known(new[name]), known(old[name]), f"at most {bound:.4g}", passed)


def known(value: float) -> float | None:
    """The value, or None for one that is not a number: JSON has none."""
    return value if math.isfinite(value) else None
