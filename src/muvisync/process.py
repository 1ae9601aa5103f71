"""Processes by id and start: an id alone may belong to another program by now."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil

_CLOCK = 2.0  # seconds by which two readings of a process's start may differ


@dataclass(frozen=True)
class ProcessMark:
    """What tells a process from all others: its id and when it started, in seconds since 1970."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> ProcessMark:
        """The mark of a process that is there."""
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process while it runs; None once it has ended, even where its entry is still in the process table."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started) < _CLOCK and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


def end_processes(processes: Iterable[psutil.Process], patience: float) -> None:
    """Ask processes to end, and end them with all their children once `patience` seconds are over."""
    processes = list(processes)
    family = [each for process in processes for each in _family(process)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    end = time.monotonic() + patience
    _, left = psutil.wait_procs(family, timeout=max(0.0, end - time.monotonic()))
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=patience)


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
