"""The order of the training songs: batches of about equally long ones, the same for a seed and an epoch."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from amt.train.order import NOTHING, GivenOrder, LengthOrder

LENGTHS = np.random.default_rng(0).integers(20, 300, 101).tolist()


def order(
    ranks: int = 1, rank: int = 0, batch_size: int = 4, epoch: int = 0, lengths: list[int] = LENGTHS
) -> list[int]:
    sampler = LengthOrder(lengths, batch_size, ranks, rank, seed=1)
    sampler.set_epoch(epoch)
    assert len(list(sampler)) == len(sampler)
    return list(sampler)


def test_an_epoch_has_every_song_once_in_an_order_of_its_own():
    assert sorted(order()) == list(range(101))
    assert order() == order()
    assert order() != order(epoch=1)


def test_songs_of_a_batch_are_about_equally_long():
    def padding(songs: list[int]) -> int:
        batches = [[LENGTHS[song] for song in songs[at : at + 4]] for at in range(0, 100, 4)]
        return sum(max(batch) * len(batch) - sum(batch) for batch in batches)

    assert padding(order()) < padding(list(range(101))) / 4


def test_batches_of_long_and_short_songs_alternate():
    means = [np.mean([LENGTHS[song] for song in order()[at : at + 4]]) for at in range(0, 100, 4)]
    assert abs(np.corrcoef(means, range(25))[0, 1]) < 0.5


def test_the_longest_song_comes_in_the_first_batch():
    assert max(LENGTHS) in [LENGTHS[song] for song in order(epoch=3)[:4]]


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 24, 101])
@pytest.mark.parametrize("batch_size", [1, 4])
def test_processes_learn_together_what_one_would_and_every_song_once(ranks: int, count: int, batch_size: int):
    lengths = LENGTHS[:count]
    alone = order(batch_size=ranks * batch_size, lengths=lengths)
    shares = [in_batches(order(ranks, rank, batch_size, lengths=lengths), batch_size) for rank in range(ranks)]
    together = [sorted(chain(*step)) for step in zip(*shares, strict=True)]  # strict: all make as many steps
    songs = [[song for song in step if song != NOTHING] for step in together]
    assert songs == [sorted(step) for step in in_batches(alone, ranks * batch_size)]
    assert sorted(chain(*songs)) == list(range(count))


@pytest.mark.parametrize("ranks", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_validation_songs_come_once_and_all_make_as_many_steps(ranks: int, count: int):
    shares = [list(GivenOrder(count, ranks, rank)) for rank in range(ranks)]
    assert {len(share) for share in shares} == {len(GivenOrder(count, ranks, 0))}
    assert sorted(song for share in shares for song in share if song != NOTHING) == list(range(count))


def in_batches(songs: list[int], batch_size: int) -> list[list[int]]:
    return [songs[at : at + batch_size] for at in range(0, len(songs), batch_size)]
