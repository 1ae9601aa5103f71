"""Media files, opened through PyAV (ffmpeg's libraries): what is in them, without decoding it.

Media are untrusted: only files may be opened and only containers that can't make ffmpeg open others (no playlists).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from muvisync.errors import Permanent

if TYPE_CHECKING:
    import av

CONTAINERS = {
    "mov,mp4,m4a,3gp,3g2,mj2": ".mp4",
    "matroska,webm": ".mkv",
    "avi": ".avi",
    "flv": ".flv",
    "mpegts": ".ts",
    "mpeg": ".mpg",
    "asf": ".wmv",
    "ogg": ".ogg",
    "mp3": ".mp3",
    "wav": ".wav",
    "flac": ".flac",
    "aac": ".aac",
}
"""Containers that are taken, by ffmpeg's name, with the suffix of such a file."""


@dataclass(frozen=True)
class MediaInfo:
    """What a media file says of itself; `duration` in seconds (measured where the header lacks it)."""

    duration: float
    has_audio: bool
    has_video: bool
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    codec: str | None = None


@contextmanager
def open_media(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a media file with PyAV. Raises Permanent when it can't be opened or read."""
    import av

    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(CONTAINERS)}
    try:
        # a title in some old encoding is no reason to lose a video
        with av.open(str(path.resolve()), options=options, metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, ValueError) as error:
        raise Permanent(f"not a video that can be opened ({getattr(error, 'strerror', error)})") from error


def picture_stream(container: av.container.InputContainer) -> av.VideoStream | None:
    """The first stream of moving pictures; a cover image is none."""
    import av

    cover = av.stream.Disposition.attached_pic
    return next((stream for stream in container.streams.video if not stream.disposition & cover), None)


def probe(path: Path) -> MediaInfo:
    """Read what a media file contains.

    Raises:
        Permanent: it is not a media file, or has neither picture nor sound.
    """
    with open_media(path) as container:
        video = picture_stream(container)
        audio = next(iter(container.streams.audio), None)
        if video is None and audio is None:
            raise Permanent("neither picture nor sound in this file")
        codec = video.codec_context if video else None
        return MediaInfo(
            duration=_duration(container, video or audio),
            has_audio=audio is not None,
            has_video=video is not None,
            width=codec.width if codec else None,
            height=codec.height if codec else None,
            fps=float(video.average_rate) if video and video.average_rate else None,
            codec=codec.codec.canonical_name if codec else None,
        )


def container_suffix(path: Path) -> str:
    """The suffix that fits the container of a media file. Raises Permanent."""
    with open_media(path) as container:
        return CONTAINERS[container.format.name]


def _duration(container: av.container.InputContainer, stream: av.stream.Stream) -> float:
    if container.duration:
        return round(container.duration / 1_000_000, 3)
    if stream.duration:
        return round(float(stream.duration * stream.time_base), 3)
    # no duration in the header: the packets know
    ends = [float((p.pts + (p.duration or 0)) * p.time_base) for p in container.demux(stream) if p.pts is not None]
    return round(max(ends, default=0.0), 3)
