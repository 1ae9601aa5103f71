"""The song's memory: what it compares is what plain loops find, and it learns to copy what comes back."""

from __future__ import annotations

from itertools import groupby

import pytest
import torch
from torch.nn import functional as F

from amt.model import START, Amt, AmtConfig
from amt.model.likeness import LIKENESSES, chords_to_likenesses, chords_to_runs
from amt.model.video import Video
from muvisync.chords import PAD, VOCABULARY_SIZE

ROOTS = torch.div(torch.arange(VOCABULARY_SIZE) + 12, 13, rounding_mode="floor")


def random_song(steps: int = 24, kinds: int = 4) -> torch.Tensor:
    """(1, steps) ids with runs and returns, `START` first."""
    chance = torch.Generator().manual_seed(3)
    runs = torch.randint(1, 1 + kinds, (steps,), generator=chance).repeat_interleave(
        torch.randint(1, 4, (steps,), generator=chance)
    )
    return torch.cat([torch.tensor([START]), runs[: steps - 1]]).unsqueeze(0)


def test_runs_are_those_of_groupby():
    chords = random_song()
    runs = chords_to_runs(chords)
    groups = [(chord, len(list(group))) for chord, group in groupby(chords[0].tolist())]
    step = 0
    for number, (_, length) in enumerate(groups):
        for age in range(length):
            assert (runs.number[0, step], runs.age[0, step]) == (number, age)
            assert runs.before[0, step] == (groups[number - 1][1] if number else 0)
            assert runs.after[0, step] == (groups[number + 1][0] if number + 1 < len(groups) else PAD)
            assert runs.ended[0, step] == step - age + length
            step += 1


def test_likenesses_are_those_of_plain_loops():
    chords = random_song()
    row, roots, runs = chords[0].tolist(), ROOTS[chords], chords_to_runs(chords)
    found = chords_to_likenesses(chords, roots, runs, newest=len(row))[0]
    for t in range(1, len(row)):
        for j in range(t):
            same = [row[t - k] == row[j - k] != PAD for k in range(j + 1)]
            length = next((k for k, equal in enumerate(same) if not equal), len(same))
            faded = sum(0.3 * 0.7**k for k, equal in enumerate(same) if equal)
            assert found[t, j, 1] == pytest.approx(faded, abs=1e-5)
            assert found[t, j, 7] == pytest.approx(float(torch.tensor(length).log1p() / 2), abs=1e-5)
            assert found[t, j, 8] == (length > 0)
            assert found[t, j, 9] == pytest.approx(float(torch.tensor(matched_runs(row, t, j)).log1p() / 2), abs=1e-5)


def matched_runs(row: list[int], t: int, j: int) -> int:
    """How many runs agree, counted back from those of `t` and `j`."""
    mine, other = ([chord for chord, _ in groupby(row[: end + 1])] for end in (t, j))
    pairs = zip(reversed(mine), reversed(other), strict=False)
    return next((k for k, (a, b) in enumerate(pairs) if a != b or a == PAD), min(len(mine), len(other)))


def test_the_newest_rows_are_those_of_the_whole():
    chords = random_song()
    roots, runs = ROOTS[chords], chords_to_runs(chords)
    whole, last = (chords_to_likenesses(chords, roots, runs, newest) for newest in (chords.shape[1], 1))
    assert whole.shape == (1, 24, 24, LIKENESSES)
    torch.testing.assert_close(last[:, 0, :-1], whole[:, -1, :-1])


def test_it_learns_to_copy_what_comes_back_where_transitions_tell_nothing():
    torch.manual_seed(0)
    model = Amt(AmtConfig(width=16, heads=2, encoder_layers=1, decoder_layers=1, feedforward=16, dropout=0.0))
    model.decoder.begin_as(torch.full((VOCABULARY_SIZE, VOCABULARY_SIZE), 1 / VOCABULARY_SIZE))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(25):
        optimiser.zero_grad()
        loss = second_half_loss(model, loops(8))
        loss.backward()
        optimiser.step()
    assert second_half_loss(model.eval(), loops(8)) < 0.5, "log 40 = 3.7 without a memory"


def loops(songs: int, length: int = 6) -> torch.Tensor:
    """(songs, 1 + 3 x length) ids: every song repeats its own random loop."""
    loop = torch.randint(1, 41, (songs, length))
    return torch.cat([torch.full((songs, 1), START), loop.repeat(1, 3)], 1)


def second_half_loss(model: Amt, chords: torch.Tensor) -> torch.Tensor:
    songs, steps = chords.shape
    blank = torch.zeros(songs, steps - 1)
    present, mask = torch.zeros(songs, steps - 1, 4, dtype=torch.bool), torch.ones(songs, steps - 1, dtype=torch.bool)
    video = Video(
        blank.unsqueeze(-1).expand(-1, -1, 768), blank, blank, blank.unsqueeze(-1).expand(-1, -1, 6), present, mask
    )
    logits = model(video, chords[:, :-1], torch.zeros(songs, dtype=torch.long))
    half = steps // 2
    return F.cross_entropy(logits[:, half:].flatten(0, 1), chords[:, 1 + half :].flatten())
