"""Frames with their times, each decoded once, by ffmpeg's libraries (PyAV).

Upright RGB pictures at full resolution, at the times of the container. A broken packet costs its pictures; what comes
after it is decoded. decord was tried: its own, older ffmpeg takes longer on the machines measured, and it does not open
AV1 or files without a duration.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from muvisync.container import open_media, picture_stream
from muvisync.video.timeline import TOLERANCE, Timeline, whole_packets

_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


class Frame(NamedTuple):
    """A picture and when it is first shown: seconds, and a uint8 RGB array (height, width, 3)."""

    time: float
    image: np.ndarray


def video_to_frames(path: Path, timeline: Timeline, broken: list[float]) -> Iterator[Frame]:
    """Decode with ffmpeg's libraries, in order; a packet that can't be decoded is left out, as ffmpeg does.

    Args:
        broken: gets the time of each packet that could not be decoded, in seconds.
    """
    with open_media(path) as container:
        stream = picture_stream(container)
        stream.codec_context.thread_count = 1  # as many workers as cores
        # one for all frames: it keeps its tables, which a frame's own would make anew
        size, reformatter = None, VideoReformatter()
        for index, frame in enumerate(_decoded(container, stream, timeline, broken)):
            if frame.pts is None or not timeline.timed:
                time = float(timeline.starts[min(index, len(timeline.starts) - 1)])
            else:
                time = float(frame.pts * frame.time_base) - timeline.origin
            if time > -TOLERANCE:
                size = size or (frame.width, frame.height)
                yield Frame(time, _upright(frame, size, reformatter))


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


def _upright(frame: av.VideoFrame, size: tuple[int, int], reformatter: VideoReformatter) -> np.ndarray:
    """RGB of the frame, scaled to `size` (a stream may change it on the way), its rotation flag followed."""
    image = reformatter.reformat(frame, width=size[0], height=size[1], format="rgb24").to_ndarray()
    turn = _TURNS.get(frame.rotation % 360)
    return image if turn is None else cv2.rotate(image, turn)
