import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from muvisync.errors import Filtered, Permanent
from muvisync.ffmpeg import run_ffmpeg
from muvisync.video import extract
from muvisync.video.clip import ClipEncoder
from muvisync.video.decode import Frame, video_to_frames
from muvisync.video.extract import VideoFeatures, video_to_features

Make = Callable[..., Path]


def assert_same(one: VideoFeatures, two: VideoFeatures) -> None:
    assert one.semantic.astype(np.float32) == pytest.approx(two.semantic.astype(np.float32), abs=0.02)
    assert one.emotion == pytest.approx(two.emotion, abs=1e-3)
    assert one.motion == pytest.approx(two.motion, abs=0.05)
    assert np.array_equal(one.scene_id, two.scene_id)
    assert np.array_equal(one.scene_offset, two.scene_offset)
    assert one.metadata["cuts"] == pytest.approx(two.metadata["cuts"], abs=2e-3)


def test_rows_of_a_clip_with_cuts(make_cuts: Make, encoder: ClipEncoder):
    told: list[float] = []
    features = video_to_features(make_cuts("cuts.mp4", 2, 1.5, 2, 1), encoder, batch_size=2, progress=told.append)
    assert len(told) == 4 and told == sorted(told) and 0 < told[0] < 0.5 and told[-1] == pytest.approx(1, abs=0.1)
    assert features.semantic.shape == (7, 768)
    assert features.scene_id.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert features.scene_offset.tolist() == [0, 1, 0, 1, 0, 1, 0]
    # red to blue at 2.0 s: two of the three channels change wholly (less what limited-range video loses)
    assert features.motion.tolist() == pytest.approx([0, 0, 170, 0, 0, 0, 0], abs=2)
    facts = features.metadata
    assert facts["cuts"] == [2.0, 3.5, 5.5]
    assert (facts["duration"], facts["fps"], facts["frames"]) == (6.5, 24.0, 156)
    assert (facts["width"], facts["height"]) == (320, 180)
    assert facts["encoder"].startswith("sample@")
    assert features.notes == []


def test_seconds_of_one_scene_look_alike(make_cuts: Make, encoder: ClipEncoder):
    features = video_to_features(make_cuts("cuts.mp4", 2, 2), encoder)
    same, other = (np.linalg.norm(features.semantic[0].astype(np.float32) - features.semantic[i]) for i in (1, 2))
    assert same < 0.1 * other


def test_frames_do_not_pile_up(make_clip: Make, encoder: ClipEncoder, monkeypatch: pytest.MonkeyPatch):
    alive, most = weakref.WeakSet(), []

    class Image(np.ndarray):
        __hash__ = object.__hash__

    def counted(*args: object) -> Iterator[Frame]:
        for time, image in video_to_frames(*args):
            image = image.view(Image)
            alive.add(image)
            most.append(len(alive))
            yield Frame(time, image)

    monkeypatch.setattr(extract, "video_to_frames", counted)
    video_to_features(make_clip("a.mp4", seconds=8), encoder)
    assert len(most) == 200
    assert max(most) < 8


def test_a_variable_rate_has_the_seconds_of_its_times(make_clip: Make, encoder: ClipEncoder):
    drop = "select='not(between(t,1.5,4.2))'"
    path = make_clip("vfr.mp4", "-vf", drop, "-fps_mode", "vfr", "-c:v", "libx264", seconds=6)
    features = video_to_features(path, encoder)
    assert len(features.motion) == 6
    assert features.metadata["frames"] < 90
    assert features.motion[2:4].tolist() == [0, 0]
    assert np.array_equal(features.semantic[2], features.semantic[3])
    assert features.motion[1] > 0 < features.motion[5]


def test_no_picture_is_filtered(tmp_path: Path, encoder: ClipEncoder):
    path = tmp_path / "song.m4a"
    run_ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", str(path)])
    with pytest.raises(Filtered, match="no picture"):
        video_to_features(path, encoder)


def test_a_file_cut_off_before_its_half_is_broken(make_clip: Make, encoder: ClipEncoder):
    path = make_clip("a.mp4", "-c:v", "libx264", "-movflags", "+faststart")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(Permanent, match=r"decoding broke at 0\.\d s of 3\.0 s"):
        video_to_features(path, encoder)
