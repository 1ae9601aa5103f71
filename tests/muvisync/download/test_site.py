"""Pages of video sites: yt-dlp's generic extractor on local pages with a real clip."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from muvisync.download.media import check_media
from muvisync.download.site import page_to_file
from muvisync.download.site_errors import site_error
from muvisync.errors import Filtered, Permanent, Transient
from muvisync.ffmpeg import run_ffmpeg
from muvisync.params import DownloadParams

VIDEO = '<html><head><title>A &amp; B</title></head><body><video src="{}"></video></body></html>'
OPEN_GRAPH = '<html><head><title>Clip</title><meta property="og:video" content="{}"></head></html>'


def page(server, html: str):
    return server.whole(html.encode(), kind="text/html", etag="")


@pytest.mark.parametrize("html", [VIDEO, OPEN_GRAPH])
def test_the_video_of_a_page_arrives(server, tmp_path: Path, params: DownloadParams, clip: Path, html: str):
    media = server.serve("/media.mp4", server.whole(clip.read_bytes()))
    file, title = page_to_file(server.serve("/watch", page(server, html.format(media))), tmp_path, params)
    assert file.read_bytes() == clip.read_bytes()
    assert file.parent == tmp_path
    assert title.startswith(("A & B", "Clip"))


def test_picture_and_sound_apart_are_put_together(server, tmp_path: Path, params: DownloadParams, clip: Path):
    dash = tmp_path / "dash"
    dash.mkdir()
    run_ffmpeg(["-i", str(clip), "-map", "0", "-c", "copy", "-f", "dash", str(dash / "list.mpd")])
    for part in dash.iterdir():
        server.serve(f"/{part.name}", server.whole(part.read_bytes()))
    manifest = server.whole((dash / "list.mpd").read_bytes(), kind="application/dash+xml")
    file, _ = page_to_file(server.serve("/list.mpd", manifest), tmp_path, params)
    info, _ = check_media(file)
    assert (info.has_video, info.has_audio, info.codec, info.height) == (True, True, "h264", 120)
    assert info.duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    "html",
    [
        "<html><body>Nothing here</body></html>",
        VIDEO.format("file:///etc/passwd"),
        VIDEO.format("ftp://127.0.0.1/x.mp4"),
    ],
)
def test_a_page_without_a_video_is_permanent(server, tmp_path: Path, params: DownloadParams, html: str):
    with pytest.raises(Permanent):
        page_to_file(server.serve("/watch", page(server, html)), tmp_path, params)
    assert not list(tmp_path.glob("media*"))


def test_a_page_with_several_videos_names_none(server, tmp_path: Path, params: DownloadParams, clip: Path):
    first, second = (server.serve(f"/{n}.mp4", server.whole(clip.read_bytes())) for n in "ab")
    both = f'<html><video src="{first}"></video><video src="{second}"></video></html>'
    with pytest.raises(Permanent, match="several"):
        page_to_file(server.serve("/watch", page(server, both)), tmp_path, params)


@pytest.mark.parametrize("code", [404, 410, 403])
def test_a_page_that_is_gone_is_permanent(server, tmp_path: Path, params: DownloadParams, code: int):
    with pytest.raises(Permanent, match=str(code)):
        page_to_file(server.serve("/watch", server.status(code)), tmp_path, params)


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_page_in_trouble_is_transient(server, tmp_path: Path, params: DownloadParams, code: int):
    with pytest.raises(Transient, match=str(code)) as caught:
        page_to_file(server.serve("/watch", server.status(code, Retry_After=3)), tmp_path, params)
    assert caught.value.wait == 3.0


def test_media_in_trouble_is_transient(server, tmp_path: Path, params: DownloadParams):
    media = server.serve("/media.mp4", server.status(503))
    with pytest.raises(Transient, match="503"):
        page_to_file(server.serve("/watch", page(server, VIDEO.format(media))), tmp_path, params)


def test_a_drop_on_the_way_is_mended_by_a_resume(server, tmp_path: Path, params: DownloadParams, clip: Path):
    data = clip.read_bytes()
    media = server.serve(
        "/media.mp4", server.whole(data), server.whole(data, drop_after=len(data) // 2), server.whole(data)
    )
    file, _ = page_to_file(server.serve("/watch", page(server, VIDEO.format(media))), tmp_path, params)
    assert file.read_bytes() == data


def test_silence_and_a_closed_door_are_transient(server, tmp_path: Path, params: DownloadParams):
    quick = params.model_copy(update={"timeout": 0.3})
    for url in (server.serve("/watch", server.late(1.0)), "http://127.0.0.1:1/watch"):
        with pytest.raises(Transient):
            page_to_file(url, tmp_path, quick)


def test_too_large_is_filtered_while_it_arrives(server, tmp_path: Path, params: DownloadParams, clip: Path):
    media = server.serve("/media.mp4", server.whole(clip.read_bytes()))
    small = params.model_copy(update={"max_bytes": 1000})
    with pytest.raises(Filtered, match="max_bytes"):
        page_to_file(server.serve("/watch", page(server, VIDEO.format(media))), tmp_path, small)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ERROR: [youtube] x: Private video. Sign in if you've been granted access to this video", Permanent),
        ("ERROR: [youtube] x: Video unavailable. This video has been removed by the uploader", Permanent),
        ("ERROR: Unsupported URL: https://example.org/", Permanent),
        ("ERROR: [youtube] x: This content isn't available, try again later.", Transient),
        ("ERROR: [youtube] x: Sign in to confirm you're not a bot", Transient),
    ],
)
def test_what_sites_say_decides_what_happens_next(message: str, expected: type[Exception]):
    from yt_dlp.utils import DownloadError

    error = site_error(DownloadError(message))
    assert type(error) is expected
    assert not str(error).startswith("ERROR")


def test_a_full_disk_is_no_property_of_the_video():
    from yt_dlp.utils import DownloadError

    full = OSError(errno.ENOSPC, "No space left on device")
    assert site_error(DownloadError("unable to write data", (OSError, full, None))) is full
