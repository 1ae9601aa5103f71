"""Files are whole or absent, and the same value gives the same bytes."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from muvisync.files import (
    atomic_write_bytes,
    atomic_write_text,
    file_hash,
    is_temporary,
    json_hash,
    read_json,
    temporary,
    write_json,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_draft_becomes_the_file(tmp_path: Path):
    path = tmp_path / "new" / "a.mp4"
    with temporary(path) as draft:
        assert (draft.parent, draft.suffix, is_temporary(draft)) == (path.parent, ".mp4", True)
        draft.write_bytes(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert path.stat().st_mode & 0o777 == 0o644
    assert names(path.parent) == ["a.mp4"]


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_an_error_leaves_what_was_there(tmp_path: Path, error: BaseException):
    path = tmp_path / "a.bin"
    path.write_bytes(b"before")
    with pytest.raises(type(error)), temporary(path) as draft:
        draft.write_bytes(b"half")
        raise error
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["a.bin"]


def test_a_disk_that_is_full_at_the_sync_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def _full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.bin"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(OSError, match="No space"):
        atomic_write_bytes(path, b"after")
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["a.bin"]


def test_a_long_name_still_has_a_draft(tmp_path: Path):
    atomic_write_text(tmp_path / ("ä" * 120 + ".txt"), "ü")
    assert names(tmp_path) == ["ä" * 120 + ".txt"]


def test_json_is_sorted_readable_and_strict(tmp_path: Path):
    write_json(tmp_path / "a.json", {"b": 1, "a": "ä"})
    write_json(tmp_path / "b.json", {"a": "ä", "b": 1})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert read_json(tmp_path / "a.json") == {"a": "ä", "b": 1}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "c.json", {"a": float("nan")})
    assert not (tmp_path / "c.json").exists()


def test_hashes_follow_the_content(tmp_path: Path):
    data = os.urandom(3 << 20)
    (tmp_path / "a").write_bytes(data)
    assert file_hash(tmp_path / "a") == hashlib.sha256(data).hexdigest()
    assert json_hash({"a": 1, "b": Path("x")}) == json_hash({"b": "x", "a": 1})
    assert json_hash([1]) != json_hash(["1"])
