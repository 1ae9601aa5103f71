"""Frames with their times, each decoded once: decord first, ffmpeg's libraries (PyAV) for what decord can't do.

Both give upright RGB pictures at full resolution, bit for bit the same in our tests, and the times of the container.
decord is trusted only where its count and times of frames agree with the container's, in the containers whose times
it gets right. It does not open AV1 or files without a duration, and it stops at the first broken packet, where
ffmpeg goes on with the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np

from muvisync.container import open_media, picture_stream
from muvisync.video.timeline import TOLERANCE, Timeline, whole_packets

_MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
_DECORD_CONTAINERS = {_MP4, "matroska,webm"}
_NO_FAULT = 1e-9  # share of frames that decord may replace with their neighbours, silently; at 0 it checks nothing
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


class Frame(NamedTuple):
    """A picture and when it is first shown: seconds, and a uint8 RGB array (height, width, 3)."""

    time: float
    image: np.ndarray


class DecordRefused(Exception):
    """decord can't be trusted with this file; ffmpeg's libraries decode it instead."""


def decord_frames(path: Path, timeline: Timeline) -> Iterator[Frame]:
    """Decode with decord, in order.

    Raises:
        DecordRefused: at any point, for any reason; start again with `ffmpeg_frames`.
    """
    if timeline.container not in _DECORD_CONTAINERS or not timeline.timed:
        raise DecordRefused(f"container {timeline.container}")
    if timeline.container != _MP4 and _rotation(path):
        raise DecordRefused("rotated, and decord reads the rotation of MP4 only")
    import decord

    decord.logging.set_level(decord.logging.QUIET)
    try:
        reader = decord.VideoReader(str(path.resolve()), num_threads=1, fault_tol=_NO_FAULT)
        _check_times(reader, timeline)
        for time in timeline.starts.tolist():
            frame = Frame(time, reader.next().asnumpy())
            _check_shape(frame.image, timeline.size)
            yield frame
    except StopIteration:
        raise DecordRefused("fewer pictures than times") from None
    except (decord.DECORDError, decord.DECORDLimitReachedError, RuntimeError) as error:
        raise DecordRefused("decord failed") from error


def _check_times(reader: object, timeline: Timeline) -> None:
    """Before the start of an edit list decord counts times that have no picture, and shifts all that follow."""
    found = reader.get_frame_timestamp(range(len(reader)))[:, 0].astype(np.float64) + timeline.late
    # decord's times are float32, which is 0.5 ms off after two hours
    if len(found) != len(timeline.starts) or np.abs(found - timeline.starts).max() > TOLERANCE:
        raise DecordRefused("its times are not the container's")


def _check_shape(image: np.ndarray, size: tuple[int, int]) -> None:
    # narrow pictures come with the padding of their rows
    if image.shape[2] != 3 or sorted(image.shape[:2]) != sorted(size):
        raise DecordRefused(f"shape {image.shape} for a picture of {size}")


def ffmpeg_frames(path: Path, timeline: Timeline, broken: list[float]) -> Iterator[Frame]:
    """Decode with ffmpeg's libraries, in order; a packet that can't be decoded is left out, as ffmpeg does.

    Args:
        broken: gets the time of each packet that could not be decoded, in seconds.
    """
    with open_media(path) as container:
        stream = picture_stream(container)
        stream.codec_context.thread_count = 1  # as many workers as cores
        size = None
        for index, frame in enumerate(_decoded(container, stream, timeline, broken)):
            if frame.pts is None or not timeline.timed:
                time = float(timeline.starts[min(index, len(timeline.starts) - 1)])
            else:
                time = float(frame.pts * frame.time_base) - timeline.origin
            if time > -TOLERANCE:
                size = size or (frame.width, frame.height)
                yield Frame(time, _upright(frame, size))


def _decoded(
    container: av.container.InputContainer, stream: av.VideoStream, timeline: Timeline, broken: list[float]
) -> Iterator[av.VideoFrame]:
    for packet in whole_packets(container, stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            stamp = packet.pts if packet.pts is not None else packet.dts or 0
            broken.append(float(stamp * stream.time_base) - timeline.origin)
            continue
        yield from frames


def _upright(frame: av.VideoFrame, size: tuple[int, int]) -> np.ndarray:
    """RGB of the frame, scaled to `size` (a stream may change it on the way), its rotation flag followed."""
    image = frame.to_ndarray(format="rgb24", width=size[0], height=size[1])
    turn = _TURNS.get(frame.rotation % 360)
    return image if turn is None else cv2.rotate(image, turn)


def _rotation(path: Path) -> int:
    with open_media(path) as container:
        try:
            return next(container.decode(picture_stream(container))).rotation % 360
        except (av.FFmpegError, StopIteration):
            return 0
