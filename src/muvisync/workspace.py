"""One run at a time in a workspace: its processes hold a lock together, and what a killed run left is ended."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import psutil

from muvisync.errors import UserError
from muvisync.process import ProcessMark, end_processes

LOCK = Path("data/run.lock")
_PATIENCE = 30.0  # seconds in which what a killed run left must be gone
_GRACE = 2.0  # seconds that it gets to end by itself


class Busy(UserError):
    """Another run is at work in this workspace."""


@dataclass(frozen=True)
class Owner:
    """The process that a run began with: its `ProcessMark`, and which run it is.

    Attributes:
        what: the run, for people.
        run: its Prefect flow run; None for runs that have none.
    """

    what: str
    run: str | None
    pid: int
    started: float

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return ProcessMark(self.pid, self.started).find() is not None


@dataclass(frozen=True)
class Lock:
    """A lock that is held.

    Attributes:
        handle: of the lock file. A child that inherits it (`pass_fds`) holds the lock, too, should this process die.
        killed: the owner of the run before, if that one did not come to its end.
    """

    handle: int
    killed: Owner | None


@contextmanager
def exclusive(what: str, run: str | None = None, path: Path = LOCK) -> Iterator[Lock]:
    """Hold the lock of the workspace.

    Children of a killed run that are still at work are ended first.

    Raises:
        Busy: another run holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        _take(stream, path)
        killed = _read_owner(stream)
        _write(stream, json.dumps(asdict(Owner(what, run, **asdict(ProcessMark.of(os.getpid()))))))
        try:
            yield Lock(stream.fileno(), killed)
        finally:
            _write(stream, "")  # came to its end


def _take(stream: TextIO, path: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while not _try_lock(stream):
        owner = _read_owner(stream)
        if owner is None or owner.alive or time.monotonic() > end:
            raise Busy(
                f"{owner.what if owner else 'another run'} is at work in this workspace"
                f"{f' (process {owner.pid})' if owner else ''}; wait for its end, or stop it, and run again"
            )
        _end_holders(path)
        time.sleep(0.2)


def _try_lock(stream: TextIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_holders(path: Path) -> None:
    """End every process that holds the file, and its children: their run is dead."""
    wanted, own = path.resolve(), os.getpid()
    holders = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # other people's processes do not show their files
            if process.pid != own and any(Path(each.path) == wanted for each in process.open_files()):
                holders.append(process)
    end_processes(holders, _GRACE)


def _read_owner(stream: TextIO) -> Owner | None:
    stream.seek(0)
    try:
        return Owner(**json.loads(stream.read()))
    except (ValueError, TypeError):  # nothing there, or half written by a killed process
        return None


def _write(stream: TextIO, text: str) -> None:
    stream.seek(0)
    stream.truncate()
    stream.write(text)
    stream.flush()
