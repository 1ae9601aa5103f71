"""One function over many items, on one or many processes or a cluster; a lost worker costs one item, not the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from muvisync.cluster import Cluster, map_cluster
from muvisync.pool import Crew, WorkerLost

T = TypeVar("T")
R = TypeVar("R")

ENGINES = ("serial", "processes", "ray")


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
    tries: int = 1,
    cluster: Cluster | None = None,
) -> Iterator[tuple[T, R | WorkerLost]]:
    """Yield (item, fn(item)) as items finish, in any order; (item, WorkerLost) where the worker was lost.

    Args:
        fn: picklable; must return its errors as values, an exception in it ends the run.
        engine: "serial" runs here (no time limit, a crash is a crash); "processes" on a pool of processes; "ray" on a
            cluster.
        workers: number of processes, 0 for one a core (of the cluster).
        timeout: seconds that one item may take on a process.
        tries: times an item is given out, alone from the second time on, when its worker dies (a hang is final).
        cluster: for the engine "ray".

    Raises:
        ValueError: unknown engine.
        UserError: there is no Ray, or no cluster at that address.
    """
    return _with_tries(_engine(engine, fn, workers, timeout, cluster or Cluster()), items, tries)


_Run = Callable[[Iterable[T], bool], Iterator[tuple[T, R | WorkerLost]]]


def _with_tries(run: _Run, items: Iterable[T], tries: int) -> Iterator[tuple[T, R | WorkerLost]]:
    for attempt in range(1, tries + 1):
        lost = []
        for item, result in run(items, attempt > 1):
            if isinstance(result, WorkerLost):
                result.attempts = attempt
                if not result.hung and attempt < tries:
                    lost.append(item)
                    continue
            yield item, result
        if not lost:
            return
        items = lost


def _engine(name: str, fn: Callable[[T], R], workers: int, timeout: float | None, cluster: Cluster) -> _Run:
    match name:
        case "serial":
            return lambda items, alone: ((item, fn(item)) for item in items)
        case "processes":
            return lambda items, alone: _map_processes(fn, items, workers or core_count(), timeout)
        case "ray":
            return lambda items, alone: map_cluster(fn, items, workers, timeout, cluster, alone)
    raise ValueError(f"engine {name!r}: choose one of {', '.join(ENGINES)}")


def _map_processes(
    fn: Callable[[T], R], items: Iterable[T], workers: int, timeout: float | None
) -> Iterator[tuple[T, R | WorkerLost]]:
    crew = Crew(fn, workers)
    try:
        yield from crew.map(items, timeout)
    finally:
        crew.dismiss()
