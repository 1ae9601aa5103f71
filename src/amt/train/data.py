"""Songs for Lightning: the training and validation batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytorch_lightning import LightningDataModule
from torch.utils.data import DataLoader, Dataset, Sampler

from amt.model.batch import SongBatch, songs_to_batch, uncounted
from amt.model.songs import NoSongs, Song, read_songs
from amt.train.order import NOTHING, GivenOrder, LengthOrder


@dataclass(frozen=True)
class TrainingSongs:
    """Songs that can be learned from, and the ids of those that can't."""

    train: list[Song]
    val: list[Song]
    skipped: list[str]


def choose_songs(folder: Path, usable: Callable[[Song], bool], needs: str) -> TrainingSongs:
    """Read the training and validation songs.

    Args:
        usable: whether a song has what the training learns; `needs` names it for people.

    Raises:
        NoSongs: no song of the training split is usable.
    """
    songs = read_songs(folder, ("train", "val"))
    train, val = ([song for song in songs if song.split == split and usable(song)] for split in ("train", "val"))
    if not train:
        count = sum(song.split == "train" for song in songs)
        raise NoSongs(
            f"nothing to train on: {folder} has {count} training videos, none with {needs}; "
            "`muvisync status` shows what became of each video, `muvisync add` adds more"
        )
    return TrainingSongs(train, val, [song.video_id for song in songs if not usable(song)])


class _Songs(Dataset[Song | None]):
    """Songs by their place; None in place of NOTHING."""

    def __init__(self, songs: Sequence[Song]) -> None:
        self.songs = list(songs)

    def __len__(self) -> int:
        return len(self.songs)

    def __getitem__(self, place: int) -> Song | None:
        return None if place == NOTHING else self.songs[place]

    def collate(self, songs: list[Song | None]) -> SongBatch:
        """A batch of what there is; where there is nothing, of a song in which nothing counts."""
        there = [song for song in songs if song is not None]
        return songs_to_batch(there) if there else uncounted(songs_to_batch([min(self.songs, key=_seconds)]))


def _seconds(song: Song) -> int:
    return song.seconds


class SongData(LightningDataModule):
    """Shuffled training songs and unshuffled validation songs, all in memory; with several processes, this one's.

    The order of an epoch depends on the seed and the epoch alone, so that a resumed run sees what it would have seen.
    """

    def __init__(self, train: Sequence[Song], val: Sequence[Song], batch_size: int, seed: int) -> None:
        super().__init__()
        self.train, self.val, self.batch_size, self.seed = _Songs(train), _Songs(val), batch_size, seed

    def train_dataloader(self) -> DataLoader[SongBatch]:
        """Batches of training songs; Lightning tells the sampler the epoch."""
        ranks, rank = self.trainer.world_size, self.trainer.global_rank
        lengths = [song.seconds for song in self.train.songs]
        return self._load(self.train, LengthOrder(lengths, self.batch_size, ranks, rank, self.seed))

    def val_dataloader(self) -> DataLoader[SongBatch]:
        """Batches of validation songs; none when there is no validation split."""
        return self._load(self.val, GivenOrder(len(self.val), self.trainer.world_size, self.trainer.global_rank))

    def _load(self, songs: _Songs, order: Sampler[int]) -> DataLoader[SongBatch]:
        return DataLoader(songs, batch_size=self.batch_size, sampler=order, collate_fn=songs.collate)
