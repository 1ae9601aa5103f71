"""In which order the songs of an epoch are learned from, and which process gets which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler

_POOL = 16  # batches whose songs are sorted by length; within it the order is no longer random, so it is small
NOTHING = -1
"""In place of a song, for a process that has none to learn from while the others learn from the last."""


class LengthOrder(Sampler[int]):
    """A random order in which the songs of a batch are about equally long, so that little padding is computed.

    It depends on the seed and the epoch alone. What the processes learn from in one step is what a single one with as
    many songs a step would: together they get every song once, and all make as many steps.

    Args:
        lengths: of the songs, seconds.
        batch_size: songs of a batch of one process.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, ranks: int, rank: int, seed: int) -> None:
        self.lengths, self.step = list(lengths), batch_size * ranks
        self.ranks, self.rank, self.seed, self.epoch = ranks, rank, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Lightning calls it before every epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.lengths), self.step)
        return whole * self.step // self.ranks + (max(len(range(rest)[self.rank :: self.ranks]), 1) if rest else 0)

    def __iter__(self) -> Iterator[int]:
        for songs in self._steps():
            yield from songs[self.rank :: self.ranks] or [NOTHING]

    def _steps(self) -> list[list[int]]:
        """The songs of each step of all processes together; the last may have fewer."""
        chance = torch.Generator().manual_seed(self.seed + self.epoch)
        songs = torch.randperm(len(self.lengths), generator=chance).tolist()
        whole = len(songs) // self.step * self.step
        pools = [songs[at : min(at + _POOL * self.step, whole)] for at in range(0, whole, _POOL * self.step)]
        ordered = [song for pool in pools for song in sorted(pool, key=self.lengths.__getitem__)]
        steps = [ordered[at : at + self.step] for at in range(0, whole, self.step)]
        steps = [steps[place] for place in torch.randperm(len(steps), generator=chance).tolist()]
        if steps:  # the longest first: memory is claimed once, and when it is too little, that shows at once
            longest = max(range(len(steps)), key=lambda place: max(self.lengths[song] for song in steps[place]))
            steps.insert(0, steps.pop(longest))
        return [*steps, songs[whole:]] if whole < len(songs) else steps


class GivenOrder(Sampler[int]):
    """All songs in their order, dealt to the processes; each makes as many steps."""

    def __init__(self, songs: int, ranks: int, rank: int) -> None:
        self.songs, self.ranks, self.rank = songs, ranks, rank

    def __len__(self) -> int:
        return -(-self.songs // self.ranks)

    def __iter__(self) -> Iterator[int]:
        own = range(self.songs)[self.rank :: self.ranks]
        yield from own
        yield from [NOTHING] * (len(self) - len(own))
