"""When each frame of a file is shown: the container's timestamps, read without decoding a picture.

Time 0 is where the container's presentation starts, as for ffmpeg and for players: its earliest stream begins there.
So pictures before the start of an MP4's edit list (negative times) are not shown and do not count, a picture that
starts later than the sound keeps its delay, and the 1.4 s with which most transport streams begin is taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from muvisync.container import open_media, picture_stream
from muvisync.errors import Filtered, Permanent

TOLERANCE = 1e-3
"""Seconds by which a container may round its times (Matroska counts in milliseconds)."""

_LONGEST = 24 * 3600.0
_UNTIMED = "avi"  # stores no presentation times; what ffmpeg guesses is a frame late, and out of order


@dataclass(frozen=True)
class Timeline:
    """Times of the shown frames of one file.

    `starts` and `ends` are float64 arrays (frames,) in seconds, ascending. `timed` is false where the container stores
    no presentation times (AVI): then the i-th picture has the i-th time.
    """

    starts: np.ndarray
    ends: np.ndarray
    timed: bool
    origin: float  # the container's own clock at time 0, seconds
    late: float  # seconds from time 0 to the first picture
    claimed: float  # seconds of picture that the header promises
    fps: float
    size: tuple[int, int]  # width and height as stored, before any rotation
    container: str

    def end_of(self, time: float) -> float:
        """When the frame shown at `time` ends, in seconds."""
        return float(self.ends[max(0, np.searchsorted(self.starts, time + TOLERANCE, side="right") - 1)])


def read_timeline(path: Path) -> Timeline:
    """Read the times of all frames of `path`.

    Raises:
        Filtered: there is no picture in the file.
        Permanent: it can't be opened, or its times make no sense.
    """
    with open_media(path) as container:
        stream = picture_stream(container)
        if stream is None:
            raise Filtered("no picture")
        return _timeline(container, stream)


def whole_packets(container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.Packet]:
    """The packets of `stream` up to the end of the file, or up to where the file breaks off."""
    try:
        yield from container.demux(stream)
    except av.FFmpegError:
        return  # what came before counts; extract.py judges whether it is enough


def _timeline(container: av.container.InputContainer, stream: av.VideoStream) -> Timeline:
    if stream.codec_context is None:
        raise Permanent("no decoder for the codec of this picture")
    packets = [p for p in whole_packets(container, stream) if p.size and not p.is_discard]
    timed = container.format.name != _UNTIMED and all(packet.pts is not None for packet in packets)
    stamps = [packet.pts if timed else packet.dts for packet in packets]
    if not stamps or any(stamp is None for stamp in stamps):
        raise Permanent("no picture with a time in this file")
    origin = (container.start_time or 0) / av.time_base
    order = np.argsort(stamps, kind="stable")
    starts = np.array([float(stamps[i] * stream.time_base) for i in order]) - origin
    length = float((packets[order[-1]].duration or 0) * stream.time_base)
    if not -_LONGEST < starts[0] <= starts[-1] < _LONGEST:
        raise Permanent(f"times from {starts[0]:.0f} to {starts[-1]:.0f} s can't be right")
    fps = _rate(stream, starts)
    return Timeline(
        starts=starts,
        ends=np.append(starts[1:], starts[-1] + (length if length > 0 else 1 / fps)),
        timed=timed,
        origin=origin,
        late=float((stream.start_time or 0) * stream.time_base) - origin,
        claimed=_claimed(container, stream),
        fps=fps,
        size=(stream.codec_context.width, stream.codec_context.height),
        container=container.format.name,
    )


def _rate(stream: av.VideoStream, starts: np.ndarray) -> float:
    if stream.average_rate:
        return float(stream.average_rate)
    span = float(starts[-1] - starts[0])
    return (len(starts) - 1) / span if span > 0 else 25.0


def _claimed(container: av.container.InputContainer, stream: av.VideoStream) -> float:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    if len(container.streams) == 1 and container.duration:
        return container.duration / av.time_base
    return 0.0  # the container's length may be that of the sound
