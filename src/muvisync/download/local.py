"""Local files: hashed, copied; links, folders, pipes and what can't be read end as clear outcomes."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

from muvisync.errors import Permanent
from muvisync.files import file_hash

# a file system that can't share blocks says one of these; then the bytes are copied
_NO_REFLINK = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


def content_hash(path: Path, root: str | None = None) -> str:
    """SHA-256 of the file; where it can't be read, the reason (the item fails with it, until the reason changes)."""
    try:
        check_allowed(path, root)
        check_regular(path)
        return file_hash(path)
    except Permanent as error:
        return str(error)
    except OSError as error:
        return _reason(error)


def check_allowed(path: Path, root: str | None) -> None:
    """Raise Permanent unless the file, all links followed, lies below `root`; None allows any."""
    if root is not None and not path.resolve().is_relative_to(Path(root).resolve()):
        raise Permanent(f"outside of download.local_root ({root})")


def check_regular(path: Path) -> int:
    """Size of the file in bytes. Raises Permanent unless it is a regular file that exists."""
    try:
        status = path.stat()
    except OSError as error:
        raise Permanent(_reason(error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise Permanent("a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise Permanent("not a regular file")
    return status.st_size


def copy_file(source: Path, target: Path) -> None:
    """Copy the bytes (sharing blocks where the file system can). Raises Permanent when `source` can't be read.

    Trouble with `target` stays an OSError: a full disk is no property of the item.
    """
    try:
        stream = source.open("rb")
    except OSError as error:
        raise Permanent(_reason(error)) from error
    with stream, target.open("wb") as out:
        try:
            while os.copy_file_range(stream.fileno(), out.fileno(), 1 << 30):
                pass
        except OSError as error:
            if error.errno not in _NO_REFLINK:
                raise
            stream.seek(0)
            out.seek(0)
            shutil.copyfileobj(stream, out, 1 << 20)


def _reason(error: OSError) -> str:
    return "no such file" if isinstance(error, FileNotFoundError) else f"can't be read ({error.strerror})"
