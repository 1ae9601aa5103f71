import numpy as np
import pytest

from muvisync.video.motion import frames_to_motion


def test_is_the_mean_absolute_difference():
    rng = np.random.default_rng(0)
    one, two = rng.integers(0, 256, (2, 48, 64, 3), np.uint8)
    expected = np.abs(one.astype(float) - two.astype(float)).mean()
    assert frames_to_motion(one, two) == pytest.approx(expected, rel=1e-9)


def test_black_to_white_is_255_in_both_directions():
    black, white = np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 255, np.uint8)
    assert frames_to_motion(white, black) == frames_to_motion(black, white) == 255


def test_nothing_before_is_no_motion():
    assert frames_to_motion(np.ones((2, 2, 3), np.uint8), None) == 0
