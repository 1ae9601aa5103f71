"""What is taken, what is not, and what a visitor is told."""

from __future__ import annotations

import pytest

from amt.app import take
from amt.app.take import take_example, take_upload
from muvisync.errors import UserError
from muvisync.ffmpeg import run_ffmpeg


@pytest.fixture
def room(tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


def bring(clip, tmp_path, name="upload.mp4"):
    path = tmp_path / name
    path.write_bytes(clip.read_bytes())
    return path


def test_an_upload_moves_into_the_room_under_a_harmless_name(make_clip, room, tmp_path):
    upload = bring(make_clip("a.mp4", 2), tmp_path, "..;rm -rf $HOME '\u202e.mp4")
    video, info = take_upload(upload, room)
    assert not upload.exists() and video.parent.parent == room and video.name == "rm-rf-HOME.mp4"
    assert (info.width, info.duration) == (320, 2)


def test_an_example_stays_where_it_is(make_clip, room):
    example = make_clip("a.mp4", 2)
    video, _ = take_example(example, room)
    assert example.exists() and video.read_bytes() == example.read_bytes()


def test_the_one_before_stays_and_the_one_before_that_goes(make_clip, room):
    videos = [take_example(make_clip("a.mp4", 2), room)[0] for _ in range(3)]
    assert [video.exists() for video in videos] == [False, True, True]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"text, whatever its name says", "not a video that can be read"),
        (b"#EXTM3U\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", "not a video that can be read"),
    ],
)
def test_what_is_no_video_is_refused_and_removed(room, tmp_path, content, words):
    upload = tmp_path / "upload.mp4"
    upload.write_bytes(content)
    with pytest.raises(UserError, match=words):
        take_upload(upload, room)
    assert not upload.exists() and not list(room.iterdir())


def test_sound_alone_is_refused(room, tmp_path):
    run_ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", str(tmp_path / "sound.mp4")])
    with pytest.raises(UserError, match="no picture"):
        take_upload(tmp_path / "sound.mp4", room)


def test_too_long_and_too_large_say_what_is_the_most(make_clip, room, tmp_path, monkeypatch):
    monkeypatch.setattr(take, "LONGEST", 1.0)
    with pytest.raises(UserError, match="0:02 long; 0:01 is the most"):
        take_upload(bring(make_clip("a.mp4", 2), tmp_path), room)
    monkeypatch.setattr(take, "MOST_BYTES", 1000)
    with pytest.raises(UserError, match="0 MB is the most"):
        take_upload(bring(make_clip("a.mp4", 2), tmp_path), room)


def test_an_upload_that_is_gone(room, tmp_path):
    with pytest.raises(UserError, match="choose the file again"):
        take_upload(tmp_path / "gone.mp4", room)
