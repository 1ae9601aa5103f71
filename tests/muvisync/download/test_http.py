"""Files over http from a server that drops, refuses, lies and redirects."""

from __future__ import annotations

import os
import time
from email.utils import formatdate
from pathlib import Path

import pytest

from muvisync.errors import Filtered, Permanent, Transient
from muvisync.http import retry_after, url_to_file

DATA = os.urandom(600_000)


def fetch(url: str, folder: Path, max_bytes: int = 10_000_000) -> bytes:
    url_to_file(url, folder / "media", max_bytes=max_bytes, timeout=0.5)
    return (folder / "media").read_bytes()


def ranges(server) -> list[str | None]:
    return [headers.get("Range") for _, headers in server.requests]


def test_arrives_whole(server, tmp_path: Path):
    assert fetch(server.serve("/a.mp4", server.whole(DATA)), tmp_path) == DATA


def test_a_drop_is_resumed_where_it_happened(server, tmp_path: Path):
    url = server.serve("/a.mp4", *[server.whole(DATA, drop_after=250_000)] * 2, server.whole(DATA))
    assert fetch(url, tmp_path) == DATA
    assert ranges(server)[0] is None and len(ranges(server)) == 3
    assert all(asked and asked != "bytes=0-" for asked in ranges(server)[1:])


def test_what_an_earlier_attempt_left_is_resumed(server, tmp_path: Path):
    url = server.serve("/a.mp4", server.whole(DATA, drop_after=300_000), server.status(503))
    with pytest.raises(Transient):
        fetch(url, tmp_path)
    server.serve("/a.mp4", server.whole(DATA))
    assert fetch(url, tmp_path) == DATA
    assert ranges(server)[-1] is not None


def test_a_file_that_changed_on_the_server_is_never_mixed(server, tmp_path: Path):
    other = os.urandom(500_000)
    url = server.serve("/a.mp4", server.whole(DATA, drop_after=250_000), server.whole(other, etag='"two"'))
    assert fetch(url, tmp_path) == other


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_promise_of_the_same_bytes_it_starts_again(server, tmp_path: Path, etag: str):
    url = server.serve("/a.mp4", server.whole(DATA, etag=etag, drop_after=250_000), server.whole(DATA, etag=etag))
    assert fetch(url, tmp_path) == DATA
    assert ranges(server) == [None, None]


def test_another_part_than_asked_for_is_refused(server, tmp_path: Path):
    wrong = server.status(206, Content_Range="bytes 7-8/9", ETag='"one"')
    url = server.serve("/a.mp4", server.whole(DATA, drop_after=250_000), wrong)
    with pytest.raises(Transient, match="another part"):
        fetch(url, tmp_path)
    server.serve("/a.mp4", server.whole(DATA))
    assert fetch(url, tmp_path) == DATA


def test_a_part_longer_than_the_file_starts_again(server, tmp_path: Path):
    url = server.serve("/a.mp4", server.whole(DATA, drop_after=250_000), server.status(416), server.whole(DATA))
    with pytest.raises(Transient, match="changed"):
        fetch(url, tmp_path)
    assert fetch(url, tmp_path) == DATA


@pytest.mark.parametrize("code", [401, 403, 404, 410, 451])
def test_gone_is_permanent(server, tmp_path: Path, code: int):
    with pytest.raises(Permanent, match=str(code)):
        fetch(server.serve("/a.mp4", server.status(code)), tmp_path)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_trouble_is_transient_and_obeys_retry_after(server, tmp_path: Path, code: int):
    with pytest.raises(Transient, match=str(code)) as caught:
        fetch(server.serve("/a.mp4", server.status(code, Retry_After=7)), tmp_path)
    assert caught.value.wait == 7.0
    assert len(server.requests) == 1


def test_retry_after_reads_seconds_and_dates():
    assert retry_after("120") == 120.0
    assert retry_after(formatdate(time.time() + 60, usegmt=True)) == pytest.approx(60, abs=2)
    assert retry_after(formatdate(time.time() - 60, usegmt=True)) == 0.0
    assert retry_after("soon") is None and retry_after(None) is None


def test_fewer_bytes_than_promised_are_transient(server, tmp_path: Path):
    with pytest.raises(Transient):
        fetch(server.serve("/a.mp4", server.promise(len(DATA), DATA[:1000])), tmp_path)


def test_silence_and_a_closed_door_are_transient(server, tmp_path: Path):
    with pytest.raises(Transient, match="in time"):
        fetch(server.serve("/a.mp4", server.late(1.0)), tmp_path)
    with pytest.raises(Transient, match="connection failed"):
        fetch("http://127.0.0.1:1/a.mp4", tmp_path)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a.mp4", "data:video/mp4;base64,AAAA"])
def test_redirects_to_other_schemes_are_refused(server, tmp_path: Path, target: str):
    with pytest.raises(Permanent):
        fetch(server.serve("/a.mp4", server.redirect(target)), tmp_path)
    assert not (tmp_path / "media").exists()


def test_redirects_are_followed_but_not_in_circles(server, tmp_path: Path):
    server.serve("/b.mp4", server.whole(DATA))
    assert fetch(server.serve("/a.mp4", server.redirect("/b.mp4")), tmp_path) == DATA
    with pytest.raises(Permanent):
        fetch(server.serve("/c.mp4", server.redirect("/c.mp4")), tmp_path)


def test_too_large_is_refused_before_and_while_it_arrives(server, tmp_path: Path):
    with pytest.raises(Filtered, match="max_bytes") as early:
        fetch(server.serve("/a.mp4", server.promise(10_000_000_000)), tmp_path)
    assert early.value.score == 1e10
    with pytest.raises(Filtered, match="max_bytes"):
        fetch(server.serve("/b.mp4", server.endless()), tmp_path, max_bytes=1_000_000)
    assert (tmp_path / "media").stat().st_size < 2_000_000


def test_a_page_is_not_a_file(server, tmp_path: Path):
    with pytest.raises(Permanent, match="text/html"):
        fetch(server.serve("/a.mp4", server.whole(b"<h1>Sorry</h1>", kind="text/html; charset=utf-8")), tmp_path)
