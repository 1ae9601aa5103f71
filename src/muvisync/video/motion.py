"""Motion: how much changes from one picture to the next."""

from __future__ import annotations

import cv2
import numpy as np


def frames_to_motion(image: np.ndarray, before: np.ndarray | None) -> float:
    """Mean absolute difference of two adjacent frames over all pixels and channels, 0 to 255 (FACTS: motion).

    Args:
        image: uint8 RGB (height, width, 3), at full resolution.
        before: the frame just before it in the stream, same shape; None where nothing changes (the first frame, or a
            second in which the picture stands): 0.
    """
    if before is None:
        return 0.0
    # stays uint8: a float copy of a full frame costs more than the difference itself
    return float(np.mean(cv2.mean(cv2.absdiff(image, before))[:3]))
