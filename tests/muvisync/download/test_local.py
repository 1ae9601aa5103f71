"""Local files: any name, any kind of file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from muvisync.download.local import check_regular, content_hash, copy_file
from muvisync.errors import Permanent


def test_copies_files_with_any_name(tmp_path: Path):
    source = tmp_path / "variable-rate & 'quoted \"name\"' ü.mov"
    source.write_bytes(os.urandom(3_000_000))
    copy_file(source, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    assert (tmp_path / "copy").stat().st_ino != source.stat().st_ino


def test_copies_where_blocks_cannot_be_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def _refuse(*args: object) -> int:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", _refuse)
    (tmp_path / "a").write_bytes(b"abc" * 1000)
    copy_file(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"abc" * 1000


def test_a_full_disk_stays_an_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def _full(*args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", _full)
    (tmp_path / "a").write_bytes(b"abc")
    with pytest.raises(OSError, match="No space"):
        copy_file(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    ("name", "reason"), [("none", "no such file"), ("folder", "folder"), ("pipe", "not a regular")]
)
def test_what_is_no_file_is_permanent(tmp_path: Path, name: str, reason: str):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Permanent, match=reason):
        check_regular(tmp_path / name)
    assert reason in content_hash(tmp_path / name)


def test_the_hash_follows_the_content(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    before, stat = content_hash(path), path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # same size, same time: still noticed
    assert content_hash(path) != before
