"""The controls: the same songs with another video's features, or without some of them.

If nothing changes, a model does not look.
A control is a list of versions of the songs that see something; figures are means over its versions, song by song.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from amt.model import MODALITIES
from amt.model.songs import Song

Control = tuple[str, list[list[Song]]]


def controls(songs: Sequence[Song], pool: Sequence[Song], partners: int) -> Iterator[Control]:
    """Name and versions of each control, of the songs of `seeing_songs` and in their order.

    "other": all features of another video, one version a partner; "other <modality>": only these, of one partner;
    "without <modality>" and "without all": as if not measured. Without another video there is no "other".
    """
    seeing = seeing_songs(songs)
    if not seeing:
        return
    others = [other for shift in range(1, partners + 1) if (other := with_other_videos(songs, pool, shift))]
    if others:
        yield "other", others
        for name in MODALITIES:
            yield f"other {name}", [_with_modality(seeing, others[0], name)]
    for name in MODALITIES:
        yield f"without {name}", [[_without(song, [name]) for song in seeing]]
    yield "without all", [[_without(song, MODALITIES) for song in seeing]]


def seeing_songs(songs: Sequence[Song]) -> list[Song]:
    """Songs with any video feature, in order of id."""
    return sorted((song for song in songs if song.has_video), key=lambda song: song.video_id)


def with_other_videos(songs: Sequence[Song], pool: Sequence[Song], shift: int = 1) -> list[Song]:
    """Every song with the features of another one: the `shift`-th next in order of id, the last with the first's.

    A shorter video is repeated, a longer one is cut. Songs without video features are left out.

    Args:
        pool: where the partner comes from when there is only one song.

    Returns:
        The songs of `seeing_songs`; an empty list when there are fewer than `shift` other videos.
    """
    seeing = seeing_songs(songs)
    if len(seeing) == 1:
        others = [song for song in seeing_songs(pool) if song.video_id != seeing[0].video_id]
        return [_with_video(song, other) for song, other in zip(seeing, others[shift - 1 : shift], strict=False)]
    if shift >= len(seeing):
        return []
    return [_with_video(song, other) for song, other in zip(seeing, seeing[shift:] + seeing[:shift], strict=True)]


def _with_video(song: Song, other: Song) -> Song:
    seconds = np.arange(song.seconds) % other.seconds
    return replace(song, **{name: getattr(other, name)[seconds] for name in (*MODALITIES, "present")})


def _with_modality(songs: Sequence[Song], others: Sequence[Song], name: str) -> list[Song]:
    place = MODALITIES.index(name)
    mixed = []
    for song, other in zip(songs, others, strict=True):
        present = song.present.copy()
        present[:, place] = other.present[:, place]
        mixed.append(replace(song, present=present, **{name: getattr(other, name)}))
    return mixed


def _without(song: Song, names: Sequence[str]) -> Song:
    return replace(song, present=song.present & ~np.isin(MODALITIES, names))
