import numpy as np
import pytest

from muvisync.video.decode import Frame
from muvisync.video.sampling import frames_to_samples, seconds_of

IMAGE = np.zeros((2, 2, 3), np.uint8)


def sample(times: list[float], end: float) -> list[tuple[list[int], float, bool]]:
    """(seconds, time of their frame, whether there is a frame before) of frames at `times`."""
    frames = (Frame(time, IMAGE) for time in times)
    samples = frames_to_samples(frames, lambda _: end)
    return [(list(s.seconds), s.frame.time, s.before is not None) for s in samples]


def test_a_second_has_its_first_frame():
    assert sample([i / 4 for i in range(10)], 2.5) == [([0], 0.0, False), ([1], 1.0, True), ([2], 2.0, True)]


def test_no_drift_at_ntsc_rates():
    step = 1001 / 24000
    samples = sample([i * step for i in range(7200)], 7200 * step)
    assert [s for seconds, _, _ in samples for s in seconds] == list(range(301))
    assert all(-1e-3 <= time - seconds[0] < step for seconds, time, _ in samples)


def test_times_rounded_down_to_milliseconds_count_for_their_second():
    assert [seconds for seconds, _, _ in sample([0.0, 0.9995, 1.9991], 2.5)] == [[0], [1], [2]]


def test_a_standing_picture_fills_its_seconds_without_motion():
    found = sample([0.0, 0.5, 4.2, 5.0], 6.0)
    assert found == [([0], 0.0, False), ([1, 2, 3], 0.5, False), ([4], 4.2, True), ([5], 5.0, True)]


def test_the_last_picture_stands_to_its_end():
    assert sample([0.0], 3.5) == [([0], 0.0, False), ([1, 2, 3], 0.0, False)]


def test_seconds_before_a_late_picture_have_the_first_one():
    assert sample([2.5, 3.0], 4.0) == [([0, 1], 2.5, False), ([2], 2.5, False), ([3], 3.0, True)]


def test_no_frames_no_samples():
    assert sample([], 0.0) == []


@pytest.mark.parametrize(("end", "rows"), [(10.0, 10), (52.2, 53), (0.1, 1), (0.0, 1), (9.9999, 10), (10.0004, 10)])
def test_number_of_seconds(end: float, rows: int):
    assert seconds_of(end) == rows
