"""One function over many items, on one or many processes; a dead or hanging worker costs one item, not the run."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

ENGINES = ("serial", "processes")


class WorkerLost(Exception):
    """The worker died (signal, `exit`) or hung past the time limit while it had this item."""


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_items(
    fn: Callable[[T], R],
    items: Iterable[T],
    *,
    engine: str = "processes",
    workers: int = 0,
    timeout: float | None = None,
) -> Iterator[tuple[T, R | WorkerLost]]:
    """Yield (item, fn(item)) as items finish, in any order; (item, WorkerLost) where the worker was lost.

    Args:
        fn: picklable; must return its errors as values, an exception in it ends the run.
        engine: "serial" runs here (no time limit, a crash is a crash); "processes" on a pool of processes.
        workers: number of processes, 0 for one a core.
        timeout: seconds that one item may take on a process.

    Raises:
        ValueError: unknown engine.
    """
    if engine == "serial":
        return ((item, fn(item)) for item in items)
    if engine == "processes":
        return _map_processes(fn, items, workers or core_count(), timeout)
    raise ValueError(f"engine {engine!r}: choose one of {', '.join(ENGINES)}")


def _map_processes(
    fn: Callable[[T], R], items: Iterable[T], workers: int, timeout: float | None
) -> Iterator[tuple[T, R | WorkerLost]]:
    from pebble import ProcessPool

    queue = iter(items)
    running: dict[Future, T] = {}
    # spawn: a forked copy of a process with threads (torch, decord, numba) can deadlock
    pool = ProcessPool(max_workers=workers, initializer=_one_thread, context=get_context("spawn"))
    try:
        while True:
            # a short window instead of a long queue: a million items do not sit in memory
            for item in itertools.islice(queue, 2 * workers - len(running)):
                running[pool.schedule(fn, args=[item], timeout=timeout)] = item
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), _result(future, timeout)
    finally:
        pool.stop()
        pool.join()


def _one_thread() -> None:
    # Libraries read these when they are imported: as many workers as cores, so one thread each.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"


def _result(future: Future[R], timeout: float | None) -> R | WorkerLost:
    from pebble import ProcessExpired

    try:
        return future.result()
    except ProcessExpired as error:
        return WorkerLost(f"the worker process died ({error.exitcode}) on this item")
    except TimeoutError:
        return WorkerLost(f"no result within the time limit of {timeout:g} s; the worker was ended")
