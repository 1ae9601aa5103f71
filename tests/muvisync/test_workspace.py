"""One run at a time: a living one is respected, what a killed one left is ended and taken up."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from muvisync.workspace import Busy, exclusive

# holds the lock, starts a child that inherits it, says so, and sleeps
RUN = """
import subprocess, sys, time
from pathlib import Path
from muvisync.workspace import exclusive
with exclusive("a test run", "run-1", Path(sys.argv[1])) as lock:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=(lock.handle,))
    print(child.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "data" / "run.lock"


@pytest.fixture
def run(lock: Path):
    """Another run at work, and its child."""
    with subprocess.Popen([sys.executable, "-c", RUN, str(lock)], stdout=subprocess.PIPE, text=True) as process:
        child = psutil.Process(int(process.stdout.readline()))
        yield process, child
        for each in (process, child):
            if each.poll() is None if each is process else each.is_running():
                each.kill()


def test_a_second_run_is_refused_with_the_first_ones_name(lock: Path, run):
    process, child = run
    with (
        pytest.raises(Busy, match=rf"a test run is at work in this workspace \(process {process.pid}\)"),
        exclusive("another", path=lock),
    ):
        pass
    assert process.poll() is None and child.is_running()


def test_children_of_a_killed_run_are_ended_and_the_run_is_known(lock: Path, run):
    process, child = run
    process.kill()
    process.wait()
    assert child.is_running()
    with exclusive("the next run", path=lock) as held:
        assert (held.killed.what, held.killed.run, held.killed.pid) == ("a test run", "run-1", process.pid)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_run_that_came_to_its_end_leaves_nothing(lock: Path):
    for _ in range(2):
        with exclusive("a run", path=lock) as held:
            assert held.killed is None


def test_an_error_is_an_end_too(lock: Path):
    with pytest.raises(ZeroDivisionError), exclusive("a run", path=lock):
        raise ZeroDivisionError
    with exclusive("a run", path=lock) as held:
        assert held.killed is None


def test_the_time_counts_and_not_the_number_of_a_process_alone(lock: Path):
    lock.parent.mkdir()
    lock.write_text(f'{{"what": "old", "run": null, "pid": {psutil.Process().pid}, "started": {time.time() - 1e6}}}')
    with exclusive("a run", path=lock) as held:
        assert held.killed.what == "old" and not held.killed.alive
