"""Songs for Lightning: the training and validation batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytorch_lightning import LightningDataModule
from torch.utils.data import DataLoader

from amt.model.batch import SongBatch, songs_to_batch
from amt.model.songs import NoSongs, Song, read_songs
from amt.train.order import LengthOrder


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


class SongData(LightningDataModule):
    """Shuffled training songs and unshuffled validation songs, all in memory.

    The order of an epoch depends on the seed and the epoch alone, so that a resumed run sees what it would have seen.
    """

    def __init__(self, train: Sequence[Song], val: Sequence[Song], batch_size: int, seed: int) -> None:
        super().__init__()
        self.train, self.val, self.batch_size, self.seed = list(train), list(val), batch_size, seed

    def train_dataloader(self) -> DataLoader[SongBatch]:
        """This process's batches of training songs; Lightning tells the sampler the epoch."""
        ranks, rank = self.trainer.world_size, self.trainer.global_rank
        order = LengthOrder([song.seconds for song in self.train], self.batch_size, ranks, rank, self.seed)
        return DataLoader(self.train, batch_size=self.batch_size, sampler=order, collate_fn=songs_to_batch)

    def val_dataloader(self) -> DataLoader[SongBatch]:
        """Batches of validation songs; none when there is no validation split."""
        return DataLoader(self.val, batch_size=self.batch_size, collate_fn=songs_to_batch)
