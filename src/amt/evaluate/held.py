"""Which songs are measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amt.model.songs import NoSongs, Song


@dataclass(frozen=True)
class Held:
    """The songs that are measured, the training songs that the baselines count, and all songs for the control."""

    split: str
    songs: list[Song]
    train: list[Song]
    pool: list[Song]

    def about(self, wanted: str) -> dict[str, object]:
        """What figures are of, when the split `wanted` was asked for."""
        return {
            "split": self.split,
            "split_wanted": wanted,
            "songs": len(self.songs),
            "seconds": sum(song.seconds for song in self.songs),
            "train_songs": len(self.train),
        }


def choose_held_songs(songs: Sequence[Song], wanted: str) -> Held:
    """Songs with chords of the wanted split; where it has none, of test, val or train, in this order."""
    for split in (wanted, "test", "val", "train"):
        held = [song for song in songs if song.split == split and song.has_chords]
        if held:
            return Held(split, held, [song for song in songs if song.split == "train"], list(songs))
    raise NoSongs(
        "nothing to evaluate on: no video of the dataset has chords; `muvisync status` shows what became of each"
    )
