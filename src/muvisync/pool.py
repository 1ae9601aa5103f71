"""Worker processes that may be killed, crash or hang at any moment without harm to the others.

Each worker has a pipe of its own. In a pool with one shared queue (multiprocessing, concurrent.futures, pebble) a
worker that is killed while it holds the queue's lock stops all of them for ever.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_START_SECONDS = 120.0  # for the interpreter to start, on top of an item's own limit
_GRACE = 5.0
_END = object()


class WorkerLost(Exception):
    """The worker died (signal, `exit`) or hung past the time limit while it had this item."""

    def __init__(self, message: str, *, hung: bool = False, attempts: int = 1) -> None:
        super().__init__(message)
        self.hung = hung
        self.attempts = attempts


class Crew:
    """`count` processes that call `fn`; they start when they are needed and stay until `dismiss`."""

    def __init__(self, fn: Callable[[T], R], count: int) -> None:
        self._fn, self._count = fn, count
        self._workers: list[_Worker] = []

    def map(self, items: Iterable[T], timeout: float | None) -> Iterator[tuple[T, R | WorkerLost]]:
        """Yield (item, fn(item)) as they finish; an item is taken from `items` when a worker is free for it.

        Args:
            timeout: seconds one item may take; then its worker is ended and the item yields WorkerLost.

        Raises:
            Exception: what `fn` raised.
        """
        queue = iter(items)
        item = next(queue, _END)
        while True:
            while item is not _END and (worker := self._free()):
                worker.give(item, timeout)
                item = next(queue, _END)
            busy = [worker for worker in self._workers if worker.busy]
            if not busy:
                return
            patience = min(worker.deadline for worker in busy) - time.monotonic()
            ready = wait([worker.pipe for worker in busy], min(max(0.0, patience), 3600.0))
            for worker in busy:
                yield from self._collect(worker, worker.pipe in ready)

    def _free(self) -> _Worker | None:
        for worker in self._workers:
            if not worker.busy:
                return worker
        if len(self._workers) < self._count:
            self._workers.append(_Worker(self._fn))
            return self._workers[-1]
        return None

    def _collect(self, worker: _Worker, answered: bool) -> Iterator[tuple[Any, Any]]:
        if not answered and time.monotonic() < worker.deadline:
            return
        item = worker.item
        kind, value = worker.take() if answered else worker.overdue()
        if kind == "lost":
            self._workers.remove(worker)
        if kind == "raised":
            raise value
        if kind != "begin":
            yield item, value

    def dismiss(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()


class _Worker:
    """One process, seen from this side of its pipe."""

    def __init__(self, fn: Callable) -> None:
        # spawn: a forked copy of a process with threads (torch, numba) can deadlock
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()  # now its death ends the pipe
        self.fn: Callable | None = fn
        self.busy, self.item = False, None
        self.deadline, self.timeout = float("inf"), None

    def give(self, item: object, timeout: float | None) -> None:
        self.item, self.busy, self.timeout = item, True, timeout
        starting = _START_SECONDS if self.fn else 0.0
        self.deadline = float("inf") if timeout is None else time.monotonic() + timeout + starting
        with suppress(OSError):  # it is dead: `take` will say so
            if self.fn:
                self.pipe.send(self.fn)
            self.pipe.send(item)

    def take(self) -> tuple[str, Any]:
        """What it says: ("begin", None) of its first item, ("result", value), ("raised", error), ("lost", why)."""
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError):
            self.end()
            return "lost", WorkerLost(f"the worker process died ({_how(self.process.exitcode)}) on this item")
        if kind == "begin":
            self.fn = None
            self.deadline = float("inf") if self.timeout is None else time.monotonic() + self.timeout
        else:
            self.busy, self.item = False, None
        return kind, value

    def overdue(self) -> tuple[str, WorkerLost]:
        """End it, because the item has taken too long."""
        self.end()
        why = f"no result within the time limit of {self.timeout:g} s; the worker was ended"
        return "lost", WorkerLost(why, hung=True)

    def end(self) -> None:
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it has started ends with it
        self.process.join(_GRACE)
        if self.process.exitcode is None:
            self.process.kill()  # before it had a group of its own
            self.process.join()
        self.pipe.close()


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit status {code}"


def _serve(pipe: Connection, parent: int) -> None:
    """Runs in the worker."""
    os.setsid()  # Ctrl-C is for the parent; and a hanging worker can be ended with all that it has started
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    _one_thread()
    with suppress(EOFError, OSError):
        fn = pipe.recv()  # not an argument of this function: its modules are imported after _one_thread
        pipe.send(("begin", None))
        while True:
            pipe.send(_call(fn, pipe.recv()))


def _call(fn: Callable, item: object) -> tuple[str, Any]:
    try:
        return "result", fn(item)
    except Exception as error:
        error.add_note(f"in the worker:\n{traceback.format_exc()}")
        return "raised", error


def _follow(parent: int) -> None:
    """End with the parent, also in the middle of an item, and take along what was started for it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(0, signal.SIGKILL)


def _one_thread() -> None:
    # Libraries read these when they are imported: as many workers as cores, so one thread each.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"
