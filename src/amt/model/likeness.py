"""How like two moments of a song are, by the chords that led to each: what the song's memory judges by.

The past of step t is compared with that of every earlier step j, whose chord is known. Songs come back a little changed
and a little late, so a mismatch long ago counts less than one just now, and runs of the same chord are also compared as
one chord each, whatever their lengths.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from muvisync.chords import PAD

_CHORD_FADES = (0.5, 0.7, 0.85, 0.93, 0.97)
_ROOT_FADES = (0.7, 0.93)
LIKENESSES = len(_CHORD_FADES) + len(_ROOT_FADES) + 8
"""How many numbers describe a pair of steps."""
_LONGEST_MATCH, _MOST_RUNS, _MOST_AGE = 64, 32, 4


class Runs(NamedTuple):
    """The runs of equal chords of a song, and where each step stands in them; all (batch, steps) of integers.

    Attributes:
        number: of the step's run, from 0.
        age: steps since the run began.
        before: length of the run before; 0 when there is none.
        after: the chord that followed the run; PAD when none has yet.
        ended: the step at which that chord was known; a number beyond the last step when it is not yet.
    """

    number: Tensor
    age: Tensor
    before: Tensor
    after: Tensor
    ended: Tensor


def chords_to_runs(chords: Tensor) -> Runs:
    """Runs of (batch, steps) chord ids."""
    steps = torch.arange(chords.shape[1], device=chords.device)
    begins = F.pad(chords[:, 1:] != chords[:, :-1], (1, 0), value=True)
    start = torch.where(begins, steps, 0).cummax(1).values
    # the next beginning after each step: the least of those that follow
    nowhere = torch.full_like(chords[:, :1], chords.shape[1])
    following = torch.cat([torch.where(begins, steps, chords.shape[1])[:, 1:], nowhere], 1)
    ended = following.flip(1).cummin(1).values.flip(1)
    after = torch.cat([chords, torch.full_like(nowhere, PAD)], 1).gather(1, ended)
    start_before = start.gather(1, (start - 1).clamp(min=0))
    return Runs(begins.cumsum(1) - 1, steps - start, start - start_before, after, ended)


def chords_to_likenesses(chords: Tensor, roots: Tensor, runs: Runs, newest: int) -> Tensor:
    """Compare the past of each of the `newest` last steps with that of every step.

    Args:
        chords: (batch, steps) ids known at each step, `START` first; `roots` their roots.

    Returns:
        (batch, newest, steps, LIKENESSES); only pairs whose second step is the earlier one mean something.
    """
    same = _same_at_lag(chords, chords != PAD)
    same_root = _same_at_lag(roots, chords != PAD)
    length = _match_length(same)[:, -newest:].float()
    parts = [*_faded(same, _CHORD_FADES, newest), *_faded(same_root, _ROOT_FADES, newest)]
    parts += [_squeezed(length, _LONGEST_MATCH), (length > 0).float()]
    steps = torch.arange(chords.shape[1], device=chords.device)
    lag = (steps[-newest:, None] - steps).clamp(min=0)
    by_lag = torch.stack(parts, -1)
    by_step = by_lag.gather(2, lag[None, :, :, None].expand(len(chords), -1, -1, len(parts)))
    age, before = (
        (part[:, -newest:, None] - part[:, None]).clamp(-_MOST_AGE, _MOST_AGE).float()
        for part in (runs.age, runs.before)
    )
    rest = [_squeezed(_matched_runs(chords, runs, newest), _MOST_RUNS), age / 2, age.abs() / 2, (age == 0).float()]
    rest += [(torch.log1p(lag.float()) / 3).expand_as(age), before.abs() / 2]
    return torch.cat([by_step, torch.stack(rest, -1)], -1)


def _same_at_lag(values: Tensor, known: Tensor) -> Tensor:
    """(batch, steps, lags) bool: whether the value of a step is known and that of `lag` steps before."""
    steps = torch.arange(values.shape[1], device=values.device)
    place = steps[:, None] - steps
    return (values.unsqueeze(2) == values[:, place.clamp(min=0)]) & (place >= 0) & known.unsqueeze(2)


def _faded(same: Tensor, fades: tuple[float, ...], newest: int) -> Tensor:
    """(fades, batch, newest, lags): share of equal steps up to each, where a step k steps back counts fade ** k."""
    steps = torch.arange(same.shape[1], device=same.device)
    back = (steps[-newest:, None] - steps).clamp(min=0)
    fade = torch.tensor(fades, device=same.device).view(-1, 1, 1)
    weight = (1 - fade) * fade**back * (steps[-newest:, None] >= steps)
    return torch.einsum("fts,bsl->fbtl", weight, same.float())


def _match_length(same: Tensor) -> Tensor:
    """(batch, steps, lags): steps since the last one that was not the same, 0 when this one is not."""
    steps = torch.arange(same.shape[1], device=same.device).view(-1, 1)
    return steps - torch.where(same, -1, steps).cummax(1).values


def _matched_runs(chords: Tensor, runs: Runs, newest: int) -> Tensor:
    """(batch, newest, steps): how many runs up to both steps' own are of the same chords."""
    count = int(runs.number.max()) + 1
    of_runs = torch.full((len(chords), count), PAD, device=chords.device).scatter(1, runs.number, chords)
    length = _match_length(_same_at_lag(of_runs, of_runs != PAD))
    mine, other = runs.number[:, -newest:, None], runs.number[:, None]
    rows = length.gather(1, mine.expand(-1, -1, count))
    return rows.gather(2, (mine - other).clamp(min=0)).float()


def _squeezed(count: Tensor, most: int) -> Tensor:
    """Counts on a scale of about 2: the step from 1 to 2 says more than that from 20 to 21."""
    return torch.log1p(count.clamp(max=most)) / 2
