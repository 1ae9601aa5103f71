from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from muvisync.errors import Filtered, Permanent
from muvisync.ffmpeg import run_ffmpeg
from muvisync.video.timeline import read_timeline

Make = Callable[..., Path]
SINE = ("-f", "lavfi", "-i", "sine=duration=6")


def remux(source: Path, name: str, *options: str, before: tuple[str, ...] = ()) -> Path:
    path = source.with_name(name)
    run_ffmpeg([*before, "-i", str(source), *options, "-c:v", "copy", str(path)])
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv", "a.avi", "a.mov"])
def test_time_starts_at_zero_and_ends_at_the_last_frames_end(make_clip: Make, name: str):
    timeline = read_timeline(make_clip(name))
    assert len(timeline.starts) == 75
    assert timeline.starts == pytest.approx(np.arange(75) / 25, abs=1e-3)
    assert timeline.end_of(timeline.starts[-1]) == pytest.approx(3.0, abs=2e-3)
    assert timeline.fps == pytest.approx(25)


def test_frames_before_the_edit_list_are_not_shown(make_clip: Make):
    path = remux(make_clip("a.mp4"), "cut.mp4", before=("-ss", "1.0"))
    timeline = read_timeline(path)
    assert timeline.starts[0] == pytest.approx(0)
    assert timeline.ends[-1] == pytest.approx(2.0, abs=1e-3)


def test_a_picture_that_starts_after_the_sound_keeps_its_delay(make_clip: Make):
    options = ("-map", "1:v", "-map", "0:a")
    timeline = read_timeline(remux(make_clip("a.mp4"), "late.mp4", *options, before=(*SINE, "-itsoffset", "2.5")))
    assert timeline.late == timeline.starts[0] == pytest.approx(2.5, abs=1e-3)
    assert timeline.ends[-1] == pytest.approx(5.5, abs=1e-3)


def test_the_end_of_a_variable_rate_is_that_of_the_last_frame(make_clip: Make):
    drop = "select='not(between(t,0.6,2.1))'"
    timeline = read_timeline(make_clip("vfr.mp4", "-vf", drop, "-fps_mode", "vfr", "-c:v", "libx264"))
    assert timeline.end_of(0.56) == pytest.approx(2.12, abs=0.01)
    assert timeline.end_of(2.5) == pytest.approx(2.52, abs=0.01)
    assert timeline.ends[-1] == pytest.approx(3.0, abs=1e-3)


def test_sound_with_a_cover_is_no_picture(make_clip: Make):
    cover = make_clip("cover.png", "-frames:v", "1")
    path = cover.with_name("song.mp3")
    run_ffmpeg([*SINE, "-i", str(cover), "-map", "0", "-map", "1", "-disposition:v", "attached_pic", str(path)])
    with pytest.raises(Filtered, match="no picture"):
        read_timeline(path)


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\n#EXTINF:1,\nhttp://localhost/a.ts\n", b"\0" * 5000])
def test_what_is_no_video_is_permanent(tmp_path: Path, content: bytes):
    path = tmp_path / "bad.mp4"
    path.write_bytes(content)
    with pytest.raises(Permanent, match="not a video"):
        read_timeline(path)


def test_titles_in_an_old_encoding_are_no_obstacle(make_clip: Make):
    path = make_clip("old.avi", "-metadata", "title=QQQQ")
    path.write_bytes(path.read_bytes().replace(b"QQQQ", "Dvořák".encode("cp1250")[:4]))
    assert len(read_timeline(path).starts) == 75
