import numpy as np
import pytest

from muvisync.errors import Permanent
from muvisync.video.flaws import find_flaws
from muvisync.video.timeline import Timeline


def timeline(seconds: float, claimed: float = 0.0) -> Timeline:
    starts = np.arange(0, seconds, 0.1)
    return Timeline(starts, starts + 0.1, True, 0.0, 0.0, claimed, 10.0, (64, 48), "matroska,webm")


def test_a_whole_file_has_none():
    assert find_flaws(timeline(10, 10), 100, 10.0, []) == []


def test_a_few_broken_packets_are_a_note():
    assert find_flaws(timeline(10), 98, 10.0, [4.2, 5.0]) == ["2 of 100 packets broken, the first at 4.2 s"]


def test_a_missing_end_is_a_note():
    assert find_flaws(timeline(6, 10), 60, 6.0, []) == ["the picture ends at 6.0 s of 10.0 s"]


@pytest.mark.parametrize(
    ("seconds", "claimed", "frames", "end", "broken", "message"),
    [
        (10, 10, 0, 0.0, [0.0] * 100, "broke at 0.0 s of 10.0 s"),
        (4, 10, 40, 4.0, [], "broke at 4.0 s of 10.0 s"),
        (10, 10, 40, 10.0, [2.0 + i / 10 for i in range(60)], "broke at 2.0 s of 10.0 s"),
    ],
)
def test_less_than_half_is_a_broken_file(seconds, claimed, frames, end, broken, message):
    with pytest.raises(Permanent, match=message):
        find_flaws(timeline(seconds, claimed), frames, end, broken)
