"""map_items: the same results on every engine; a lost worker costs one item."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.waiting import wait_until

from muvisync.parallel import WorkerLost, map_items


def work(item: str) -> str:
    """What the item asks for, good or bad."""
    match item:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(60)
        case "bug":
            raise KeyError("a bug")
        case str() if item.startswith("short"):
            time.sleep(random.uniform(0.0, 0.04))
        case "once" if _first_time():
            os.kill(os.getpid(), signal.SIGKILL)
        case "child, hang":
            Path("child").write_text(str(subprocess.Popen(["sleep", "300"]).pid))
            time.sleep(60)
        case "threads":
            return os.environ["OMP_NUM_THREADS"]
    return item.upper()


def _first_time() -> bool:
    seen = Path("seen").exists()
    Path("seen").touch()
    return not seen


def is_alive(process: int) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(process: int) -> list[int]:
    listed = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    found = []
    for path in listed:
        with suppress(FileNotFoundError, ProcessLookupError):
            if int((path / "stat").read_text().rpartition(")")[2].split()[1]) == process:
                found.append(int(path.name))
    return found


def test_both_engines_of_one_machine_give_the_same_results():
    items = [f"item {number}" for number in range(20)]
    results = [sorted(map_items(work, items, engine=engine, workers=2)) for engine in ("serial", "processes")]
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


def test_a_worker_that_dies_once_costs_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = dict(map_items(work, ["a", "once", "crash", "b"], workers=2, tries=3))
    assert (results["a"], results["b"], results["once"]) == ("A", "B", "ONCE")
    assert (str(results["crash"]), results["crash"].attempts) == (
        "the worker process died (SIGSEGV) on this item",
        3,
    )


def test_workers_killed_at_random_cost_nothing():
    """Also idle ones, and ones that have just taken an item or are about to answer: there is no lock to die with."""
    items = [f"short {number}" for number in range(200)]
    stop, killed = threading.Event(), []

    def kill_now_and_then() -> None:
        chance = random.Random(1)
        while not stop.wait(chance.uniform(0.0, 0.8)) and len(killed) < 12:
            workers = [pid for pid in children(os.getpid()) if b"spawn_main" in _command(pid)]
            if workers:
                killed.append(chance.choice(workers))
                with suppress(ProcessLookupError):
                    os.kill(killed[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        results = dict(map_items(work, items, workers=3, tries=20))
    finally:
        stop.set()
        killer.join()
    assert killed and results == {item: item.upper() for item in items}


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_what_a_hanging_worker_has_started_ends_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ((_, result),) = map_items(work, ["child, hang"], workers=1, timeout=1.0)
    assert "time limit" in str(result)
    assert not is_alive(int(Path("child").read_text()))


def test_workers_end_with_the_run_and_take_along_what_they_started(tmp_path):
    code = (
        "from muvisync.parallel import map_items; from tests.muvisync.test_parallel import work; "
        "list(map_items(work, ['child, hang', 'hang'], workers=2))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    )
    started = tmp_path / "child"
    wait_until(lambda: len(children(run.pid)) >= 3 and started.exists(), 10)  # two and the resource tracker
    workers = [*children(run.pid), int(started.read_text())]
    run.kill()
    run.wait()
    wait_until(lambda: not any(map(is_alive, workers)), 10)


def test_a_bug_ends_the_run_with_its_place():
    with pytest.raises(KeyError, match="a bug") as caught:
        list(map_items(work, ["a", "bug"], workers=1))
    assert "test_parallel.py" in "".join(caught.value.__notes__)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="serial, processes"):
        map_items(work, [], engine="cloud")
