"""Scenes: PySceneDetect's AdaptiveDetector with its defaults, fed frame by frame in the decoding pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import cv2
import numpy as np
from scenedetect.common import FrameTimecode, Timecode, framerate_to_fraction
from scenedetect.detectors import AdaptiveDetector
from scenedetect.scene_manager import compute_downscale_factor

from muvisync.video.decode import Frame
from muvisync.video.timeline import TOLERANCE

_MICROSECOND = Fraction(1, 1_000_000)


class _QuickDetector(AdaptiveDetector):
    """AdaptiveDetector with the same score in a third of the time: its default is the mean of three channel means.

    The method is PySceneDetect's own, not its interface: a version that no longer calls it is slower, not wrong.
    """

    _before: np.ndarray | None = None

    def _calculate_frame_score(self, timecode: FrameTimecode, frame_img: np.ndarray) -> float:
        hsv, before = cv2.cvtColor(frame_img, cv2.COLOR_BGR2HSV), self._before
        self._before = hsv
        return 0.0 if before is None else cv2.norm(hsv, before, cv2.NORM_L1) / hsv.size


class SceneDetector:
    """Does what `scenedetect.detect(path, AdaptiveDetector())` does to a file: same reduced size, same colours.

    `cuts` are the times at which a new scene starts, in seconds, from the frames' own times; `frames` counts the frames
    seen and `last` is the time of the last one.
    """

    def __init__(self, fps: float) -> None:
        self._detector = _QuickDetector()
        self._fps = framerate_to_fraction(fps)
        self.cuts: list[float] = []
        self.frames = 0
        self.last = 0.0

    def watch(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Hand the frames on, looking at each."""
        for frame in frames:
            stamp = Timecode(max(0, round(frame.time / _MICROSECOND)), _MICROSECOND)
            cuts = self._detector.process_frame(FrameTimecode(stamp, self._fps), _reduce(frame.image))
            self.cuts += [round(cut.seconds, 3) for cut in cuts]
            self.frames += 1
            self.last = frame.time
            yield frame


def _reduce(image: np.ndarray) -> np.ndarray:
    """The small BGR picture that SceneManager hands to its detectors: 256 pixels on the longer side."""
    height, width = image.shape[:2]
    factor = compute_downscale_factor(max(height, width))
    if factor > 1:
        size = max(1, round(width / factor)), max(1, round(height / factor))
        image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return cv2.cvtColor(image, cv2.COLOR_RGB2BGR)


def cuts_to_scenes(cuts: Sequence[float], times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scene of each second.

    Args:
        cuts: times at which a new scene starts, ascending, seconds.
        times: (seconds,) when each second's frame is first shown.

    Returns:
        scene_id int32 (seconds,): number of cuts up to the second's frame; scene_offset int32 (seconds,): rows since
        the scene's first row, 0, 1, 2, ... (FACTS: scene offset).
    """
    scene_id = np.searchsorted(np.asarray(cuts, np.float64), times + TOLERANCE, side="right").astype(np.int32)
    rows = np.arange(len(times))
    starts = np.maximum.accumulate(np.where(np.diff(scene_id, prepend=-1) != 0, rows, 0)) if len(rows) else rows
    return scene_id, (rows - starts).astype(np.int32)
