"""Files of a visitor: in a folder that nobody guesses, for as long as they are used, then gone."""

from __future__ import annotations

import os
import time

import pytest

from amt.app.rooms import STAY, Rooms, open_rooms
from muvisync.errors import UserError


@pytest.fixture
def rooms(tmp_path) -> Rooms:
    return Rooms(tmp_path)


def test_every_visitor_has_a_room_of_their_own(rooms):
    first, second = rooms.enter("a"), rooms.enter("b")
    assert first == rooms.enter("a") != second
    assert len(first.name) >= 32 and first.stat().st_mode & 0o077 == 0
    assert Rooms(rooms.root).enter("a") != first, "the name of a session does not tell the room"


def test_who_leaves_takes_all_along(rooms):
    stays, goes = rooms.enter("a"), rooms.enter("b")
    (goes / "music").mkdir()
    (goes / "music/one.mid").write_bytes(b"x")
    rooms.leave("b")
    rooms.leave("nobody")
    assert stays.is_dir() and not goes.exists()
    rooms.stay("a")
    with pytest.raises(UserError, match="closed"):
        rooms.stay("b")
    assert rooms.enter("b") != goes


def test_what_is_old_is_swept_and_what_is_used_stays(rooms):
    old, used = rooms.enter("old"), rooms.enter("used")
    upload = rooms.root / "0123abcd/upload.mp4"
    upload.parent.mkdir()
    upload.write_bytes(b"never taken")
    loose = rooms.root / "tmpfile"
    loose.write_bytes(b"")
    now = time.time()
    for path in (old, used, upload.parent, loose):
        os.utime(path, (now - STAY - 1, now - STAY - 1))
    rooms.stay("used")
    rooms.sweep(now)
    assert list(rooms.root.iterdir()) == [used]
    assert rooms.enter("old").is_dir()


def test_at_the_end_nothing_is_left(monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/before")
    with open_rooms() as rooms:
        (rooms.enter("a") / "one.mp4").write_bytes(b"x")
        assert os.environ["GRADIO_TEMP_DIR"] == str(rooms.root)
    assert not rooms.root.exists() and os.environ["GRADIO_TEMP_DIR"] == "/before"
