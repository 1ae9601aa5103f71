"""map_items: the same results on every engine; a lost worker costs one item."""

from __future__ import annotations

import os
import signal
import time

import pytest

from muvisync.parallel import ENGINES, WorkerLost, map_items


def work(item: str) -> str:
    """What the item asks for, good or bad."""
    match item:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(60)
        case "threads":
            return os.environ["OMP_NUM_THREADS"]
    return item.upper()


def test_every_engine_gives_the_same_results():
    items = [f"item {number}" for number in range(20)]
    results = [sorted(map_items(work, items, engine=engine, workers=2)) for engine in ENGINES]
    assert all(result == sorted((item, item.upper()) for item in items) for result in results)


def test_a_crash_and_a_hang_cost_exactly_those_items():
    items = ["a", "crash", "b", "c", "hang", "d", "exit", *(f"e{number}" for number in range(10))]
    started = time.monotonic()
    results = dict(map_items(work, items, engine="processes", workers=2, timeout=3.0))
    assert time.monotonic() - started < 30
    assert set(results) == set(items)
    lost = {item: str(result) for item, result in results.items() if isinstance(result, WorkerLost)}
    assert set(lost) == {"crash", "hang", "exit"}
    assert "died" in lost["crash"] and "time limit of 3 s" in lost["hang"]
    assert all(results[item] == item.upper() for item in items if item not in lost)


def test_workers_use_one_thread_each():
    assert dict(map_items(work, ["threads"], engine="processes", workers=1)) == {"threads": "1"}


def test_items_are_taken_as_they_are_needed():
    taken = 0

    def items():
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield str(number)

    results = map_items(work, items(), engine="processes", workers=2)
    next(results)
    assert taken <= 8
    results.close()


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="serial, processes"):
        map_items(work, [], engine="cloud")
