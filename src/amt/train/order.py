"""In which order the songs of an epoch are learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import DistributedSampler

_POOL = 16  # batches whose songs are sorted by length; within it the order is no longer random, so it is small


class LengthOrder(DistributedSampler[int]):
    """A random order in which the songs of a batch are about equally long, so that little padding is computed.

    It depends on the seed and the epoch alone. Every process gets as many songs (a few twice, if need be), and what the
    processes learn from at the same time is about equally long too.

    Args:
        lengths: of the songs, seconds.
        batch_size: songs of a batch of one process.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, ranks: int, rank: int, seed: int) -> None:
        super().__init__(lengths, ranks, rank, seed=seed)
        self.lengths, self.step = list(lengths), batch_size * ranks

    def __iter__(self) -> Iterator[int]:
        chance = torch.Generator().manual_seed(self.seed + self.epoch)
        songs = torch.randperm(len(self.lengths), generator=chance).tolist()
        songs = (songs * -(-self.total_size // len(songs)))[: self.total_size]
        whole = self.total_size // self.step * self.step
        pools = [songs[at : min(at + _POOL * self.step, whole)] for at in range(0, whole, _POOL * self.step)]
        ordered = [song for pool in pools for song in sorted(pool, key=self.lengths.__getitem__)]
        steps = [ordered[at : at + self.step] for at in range(0, whole, self.step)]
        steps = [steps[place] for place in torch.randperm(len(steps), generator=chance).tolist()]
        if steps:  # the longest first: memory is claimed once, and when it is too little, that shows at once
            longest = max(range(len(steps)), key=lambda place: max(self.lengths[song] for song in steps[place]))
            steps.insert(0, steps.pop(longest))
        for step in [*steps, songs[whole:]]:  # the rest, less than a step, is the last batch
            yield from step[self.rank :: self.num_replicas]
