"""Which frame stands for which second.

Row s describes [s, s + 1). Its frame is the first one shown in that second; where none is (a variable rate, a still),
it is the one that is still on the screen. The published rule ("the first frame, then the first at least 1 s after the
last one taken") drifts: at 23.976 fps row 100 is taken at 100.1 s. Ours does not, and equals it at whole rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from muvisync.video.decode import Frame
from muvisync.video.timeline import TOLERANCE


class Sample(NamedTuple):
    """A frame that stands for `seconds`; `before` is the picture shown just before it, None if the picture stands."""

    seconds: range
    frame: Frame
    before: np.ndarray | None


def frames_to_samples(frames: Iterable[Frame], end_of: Callable[[float], float]) -> Iterator[Sample]:
    """Choose the frames, streaming; together the samples cover every second from 0 to the end once.

    Args:
        frames: in the order in which they are shown; those before time 0 left out.
        end_of: when the frame of a time ends, seconds.
    """
    covered, last = 0, None
    for frame in frames:
        second = math.floor(frame.time + TOLERANCE)
        if second > covered:
            # before the first picture there is none to hold: it stands for these seconds too
            yield Sample(range(covered, second), last or frame, None)
        if second >= covered:
            yield Sample(range(second, second + 1), frame, last.image if last else None)
            covered = second + 1
        last = frame
    if last and (total := seconds_of(end_of(last.time))) > covered:
        yield Sample(range(covered, total), last, None)


def seconds_of(end: float) -> int:
    """Number of rows of a picture that ends at `end` seconds: 10.0 has 10, 52.2 has 53."""
    return max(1, math.ceil(end - TOLERANCE))
