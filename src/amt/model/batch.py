"""Songs -> padded tensors with masks; the one place where arrays become what the models take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from amt.model.amt import KEY_IDS, START
from amt.model.songs import Song
from amt.model.video import Video
from muvisync.chords import END, PAD


class SongBatch(NamedTuple):
    """A batch of songs, padded at the end to the longest.

    Attributes:
        chords: (batch, seconds + 1) input ids: `START`, then the chord of each second.
        targets: (batch, seconds + 1) ids: the chord of each second, then END; PAD where it is unknown or padding.
        key: (batch,) values of `KEY_IDS`.
        rhythm: (batch, seconds, 2) note density and loudness in real units, 0 where unknown.
        rhythm_known: (batch, seconds, 2) bool.
    """

    video: Video
    chords: Tensor
    targets: Tensor
    key: Tensor
    rhythm: Tensor
    rhythm_known: Tensor

    def to(self, device: torch.device) -> SongBatch:
        """The same batch on another device."""
        video = Video(*(part.to(device) for part in self.video))
        return SongBatch(video, *(part.to(device) for part in self[1:]))


def songs_to_batch(songs: Sequence[Song]) -> SongBatch:
    """Collate songs of any lengths (at least one second each)."""
    rhythm = [np.stack([song.density, song.loudness], axis=1) for song in songs]
    known = [np.isfinite(values) for values in rhythm]
    return SongBatch(
        video=songs_to_video(songs),
        chords=_pad([np.concatenate([[START], song.chords]) for song in songs], fill=PAD),
        targets=_pad([song_to_targets(song) for song in songs], fill=PAD),
        key=torch.tensor([KEY_IDS[song.mode] for song in songs]),
        rhythm=_pad([np.nan_to_num(values) for values in rhythm]),
        rhythm_known=_pad(known),
    )


def uncounted(batch: SongBatch) -> SongBatch:
    """The same songs with nothing to learn from them: no loss has a term of theirs."""
    return batch._replace(
        video=batch.video._replace(present=torch.zeros_like(batch.video.present)),
        targets=torch.full_like(batch.targets, PAD),
        rhythm_known=torch.zeros_like(batch.rhythm_known),
    )


def songs_to_video(songs: Sequence[Song]) -> Video:
    """What the models see of the songs' videos."""

    def column(get: Callable[[Song], np.ndarray]) -> Tensor:
        return _pad([get(song).astype(np.float32) for song in songs])

    return Video(
        semantic=column(lambda song: song.semantic),
        scene_offset=column(lambda song: song.scene_offset),
        motion=column(lambda song: song.motion),
        emotion=column(lambda song: song.emotion),
        present=_pad([song.present for song in songs]),
        mask=_pad([np.ones(song.seconds, dtype=bool) for song in songs]),
    )


def song_to_targets(song: Song) -> np.ndarray:
    """Chord ids to predict, (seconds + 1,): END follows the last second, as published."""
    return np.concatenate([song.chords, [END]])


def _pad(arrays: Sequence[np.ndarray], fill: int = 0) -> Tensor:
    longest = max(len(array) for array in arrays)
    padded = np.full((len(arrays), longest, *arrays[0].shape[1:]), fill, dtype=arrays[0].dtype)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(padded)
