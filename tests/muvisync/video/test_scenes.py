import warnings
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from scenedetect import AdaptiveDetector, FrameTimecode, detect

from muvisync.video.decode import video_to_frames
from muvisync.video.scenes import SceneDetector, _QuickDetector, cuts_to_scenes
from muvisync.video.timeline import read_timeline


def cuts_of(path: Path) -> list[float]:
    timeline = read_timeline(path)
    detector = SceneDetector(timeline.fps)
    for _ in detector.watch(video_to_frames(path, timeline, [])):
        pass
    return detector.cuts


def reference(path: Path) -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [start.seconds for start, _ in detect(str(path), AdaptiveDetector())][1:]


def test_finds_hard_cuts(make_cuts: Callable[..., Path]):
    assert cuts_of(make_cuts("cuts.mp4", 2, 1.5, 2, 1)) == [2.0, 3.5, 5.5]


def test_scores_are_those_of_scenedetect():
    rng, quick, theirs = np.random.default_rng(0), _QuickDetector(), AdaptiveDetector()
    for index in range(20):
        picture = cv2.resize(rng.integers(0, 256, (9, 16, 3), np.uint8), (256, 144))
        stamp = FrameTimecode(index, 25.0)
        assert quick.process_frame(stamp, picture) == theirs.process_frame(stamp, picture)
        assert quick._frame_score == pytest.approx(theirs._frame_score, abs=1e-9)


def test_equals_scenedetect_on_a_file(shared_media: Path):
    path = shared_media / "good" / "sintel-trailer.mp4"
    assert cuts_of(path) == pytest.approx(reference(path), abs=1 / 24)


def test_equals_scenedetect_at_a_variable_rate(shared_media: Path):
    path = shared_media / "bad" / "variable-rate & 'quoted name'.mov"
    assert cuts_of(path) == pytest.approx(reference(path), abs=1e-3)


def test_scene_and_offset_of_each_second():
    scene_id, offset = cuts_to_scenes([2.0, 3.4, 3.6], np.arange(6.0))
    assert scene_id.tolist() == [0, 0, 1, 1, 3, 3]
    assert offset.tolist() == [0, 1, 0, 1, 0, 1]
    assert scene_id.dtype == offset.dtype == np.int32


def test_no_cuts_is_one_scene():
    scene_id, offset = cuts_to_scenes([], np.arange(3.0))
    assert (scene_id.tolist(), offset.tolist()) == ([0, 0, 0], [0, 1, 2])
