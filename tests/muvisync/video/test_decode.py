from collections.abc import Callable
from pathlib import Path

import cv2
import decord
import numpy as np
import pytest

from muvisync.ffmpeg import run_ffmpeg
from muvisync.video.decode import video_to_frames
from muvisync.video.timeline import read_timeline

Make = Callable[..., Path]
VP9 = ("-c:v", "libvpx-vp9", "-b:v", "200k", "-deadline", "realtime", "-cpu-used", "8")
AV1 = ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-pix_fmt", "yuv420p")


def assert_decoders_agree(path: Path, most: float = 1.0) -> None:
    """Same times, and the same pictures within `most` levels on average as decord's, and not the same nothing."""
    timeline, broken = read_timeline(path), []
    frames = list(video_to_frames(path, timeline, broken))
    reader = decord.VideoReader(str(path), num_threads=1)
    assert len(frames) == len(reader) and not broken
    assert [frame.time for frame in frames] == pytest.approx(timeline.starts.tolist(), abs=2e-3)
    for frame in frames:
        reference = reader.next().asnumpy()
        assert cv2.absdiff(frame.image, reference).mean() < most
        assert frame.image.std() > 10


def rotate(path: Path, degrees: int, name: str) -> Path:
    turned = path.with_name(name)
    run_ffmpeg(["-display_rotation", str(degrees), "-i", str(path), "-c", "copy", str(turned)])
    return turned


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_decoders_agree_on_h264(make_clip: Make, name: str):
    assert_decoders_agree(make_clip(name))


def test_decoders_agree_on_vp9(make_clip: Make):
    assert_decoders_agree(make_clip("a.webm", *VP9))


def test_decoders_agree_on_b_frames_and_odd_sizes(make_clip: Make):
    assert_decoders_agree(make_clip("odd.mp4", "-c:v", "libx264", "-pix_fmt", "yuv444p", size="350x182"))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_decoders_turn_the_picture_alike(make_clip: Make, degrees: int):
    path = make_clip("a.mp4", seconds=1)
    turned = rotate(path, degrees, "turned.mp4")
    assert_decoders_agree(turned)
    flat = next(video_to_frames(path, read_timeline(path), [])).image
    upright = next(video_to_frames(turned, read_timeline(turned), [])).image
    assert np.array_equal(upright, np.rot90(flat, degrees // 90))


def test_a_rotated_matroska_is_turned(make_clip: Make):
    path = rotate(make_clip("a.mp4", seconds=1), 90, "turned.mkv")
    assert next(video_to_frames(path, read_timeline(path), [])).image.shape == (320, 180, 3)


def test_decoders_agree_on_a_late_picture(make_clip: Make):
    path = make_clip("a.mp4")
    late = path.with_name("late.mp4")
    run_ffmpeg(
        ["-f", "lavfi", "-i", "sine=duration=6", "-itsoffset", "2.5", "-i", str(path), "-c:v", "copy", str(late)]
    )
    assert_decoders_agree(late)


def test_pictures_before_the_start_are_left_out(make_clip: Make):
    path = make_clip("a.mp4")
    cut = path.with_name("cut.mp4")
    run_ffmpeg(["-ss", "1.0", "-i", str(path), "-c", "copy", str(cut)])
    whole = list(video_to_frames(path, read_timeline(path), []))
    for one, two in zip(video_to_frames(cut, read_timeline(cut), []), whole[25:], strict=True):
        assert one.time == pytest.approx(two.time - 1.0, abs=2e-3)
        assert np.array_equal(one.image, two.image)


def test_av1(make_clip: Make):
    path = make_clip("a.mp4", *AV1, seconds=1, size="160x90")
    timeline = read_timeline(path)
    frames = list(video_to_frames(path, timeline, []))
    assert [frame.time for frame in frames] == pytest.approx(timeline.starts.tolist())


def test_times_of_a_container_without_them(make_clip: Make):
    path = make_clip("a.avi", "-c:v", "mpeg4", "-bf", "2")
    timeline = read_timeline(path)
    frames = list(video_to_frames(path, timeline, []))
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(75)])


def test_a_broken_packet_costs_a_picture_and_is_told(shared_media: Path):
    path = shared_media / "bad" / "corrupted-frames.mp4"
    timeline, broken = read_timeline(path), []
    frames = list(video_to_frames(path, timeline, broken))
    assert (len(frames), len(broken)) == (49, 1)
    assert timeline.end_of(frames[-1].time) == pytest.approx(5.0)
