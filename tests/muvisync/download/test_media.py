"""What is taken for a video and what is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from muvisync.download.media import check_media, media_suffix
from muvisync.errors import Permanent


def test_the_container_gives_the_suffix(clip: Path, tmp_path: Path):
    shutil.copy(clip, tmp_path / "media")
    info, suffix = check_media(tmp_path / "media")
    assert suffix == ".mp4"
    assert (info.duration, info.has_audio, info.has_video, info.width) == (pytest.approx(2.0, abs=0.1), True, True, 160)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.MOV", ".mov"), ("a.mp4", ".mp4"), ("a.exe", ".mkv"), ("a", ".mkv"), ("a.mp4;rm -rf", ".mkv")],
)
def test_a_name_gives_a_known_suffix_or_none(name: str, suffix: str):
    assert media_suffix(name, ".mkv") == suffix


@pytest.mark.parametrize("data", [b"", b"not a video", b"\x00" * 1000, b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"])
def test_what_is_no_video_is_permanent(tmp_path: Path, data: bytes):
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(Permanent, match="empty file" if not data else "not a video that can be opened"):
        check_media(tmp_path / "a.mp4")


def test_playlists_that_open_other_files_are_refused(clip: Path, tmp_path: Path):
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{clip}\n#EXT-X-ENDLIST\n"
    concat = f"ffconcat version 1.0\nfile {clip}\n"
    for text in (playlist, concat):
        (tmp_path / "a.mp4").write_text(text)
        with pytest.raises(Permanent, match="not a video"):
            check_media(tmp_path / "a.mp4")
