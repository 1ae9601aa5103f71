"""The control: the same songs with another video's features. If nothing changes, a model does not look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from amt.model.songs import Song


def with_other_videos(songs: Sequence[Song], pool: Sequence[Song]) -> list[Song]:
    """Every song with the features of another one: the next in order of id, the last with the first's.

    A shorter video is repeated, a longer one is cut. Songs without video features are left out.

    Args:
        pool: where the partner comes from when there is only one song; an empty list is returned when it has none.
    """
    seeing = sorted((song for song in songs if song.has_video), key=lambda song: song.video_id)
    partners = [*seeing[1:], *seeing[:1]]
    if len(seeing) == 1:
        partners = [song for song in pool if song.has_video and song.video_id != seeing[0].video_id][:1]
    return [_with_video(song, other) for song, other in zip(seeing, partners, strict=False)]


def _with_video(song: Song, other: Song) -> Song:
    seconds = np.arange(song.seconds) % other.seconds
    names = ("semantic", "scene_offset", "motion", "emotion", "present")
    return replace(song, **{name: getattr(other, name)[seconds] for name in names})
