"""The engine "ray" on a cluster of one head and two machines, started by the test; a machine may die on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from muvisync.cluster import Cluster
from muvisync.errors import UserError
from muvisync.files import atomic_write_text
from muvisync.ledger import OK
from muvisync.parallel import WorkerLost, map_items
from muvisync.params import RunParams
from muvisync.stage import Done, Item, Plan, run_items

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
ray = pytest.importorskip("ray")
OUT = Path("data/stage")
RUN = RunParams(engine="serial", workers=0, attempts=3, backoff=0.0, item_timeout=30.0)


def upper(item: str) -> str:
    """What the item asks for, good or bad."""
    match item:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            time.sleep(60)
        case "bug":
            raise KeyError("a bug")
    return item.upper()


def work(item: Item) -> Done:
    """Write the item's file; slowly enough that a machine dies with items in its hands."""
    time.sleep(item.payload["seconds"])
    path = OUT / f"{item.id}.txt"
    atomic_write_text(path, f"{item.id}\n" * 1000)
    with Path("starts").open("a") as log:
        log.write(f"{item.id}\n")
    return Done([path])


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "auto"])
def test_no_cluster_at_the_address_says_what_to_do(address: str):
    with pytest.raises(UserError, match=r"run\.ray_address.*ray start --head"):
        list(map_items(upper, ["a"], engine="ray", cluster=Cluster(address=address)))


@pytest.fixture(scope="module")
def machines() -> Iterator[list]:
    """The worker machines of the cluster that this process is connected to."""
    from ray.cluster_utils import Cluster as TestCluster

    cluster = TestCluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    ray.init(cluster.address, log_to_driver=False)
    cluster.wait_for_nodes()
    yield [cluster, nodes]
    ray.shutdown()
    cluster.shutdown()


def test_a_crash_and_a_hang_cost_exactly_those_items_with_several_items_a_task(machines):
    items = ["a", "b", "crash", "c", "d", "hang", "e", "f", "g"]
    found = map_items(upper, items, engine="ray", timeout=3.0, tries=2, cluster=Cluster(items_per_task=3))
    results = dict(found)
    lost = {item: result for item, result in results.items() if isinstance(result, WorkerLost)}
    assert set(lost) == {"crash", "hang"}
    assert lost["crash"].attempts == 2 and "SIGSEGV" in str(lost["crash"]) and "time limit" in str(lost["hang"])
    assert all(results[item] == item.upper() for item in items if item not in lost)


def test_a_bug_and_a_missing_gpu_end_the_run_with_a_reason(machines):
    with pytest.raises(KeyError, match="a bug"):
        list(map_items(upper, ["a", "bug"], engine="ray"))
    with pytest.raises(UserError, match=r"gpus_per_item .* has none"):
        list(map_items(upper, ["a"], engine="ray", cluster=Cluster(gpus_per_item=0.25)))


def test_items_are_taken_as_they_are_needed(machines):
    taken = 0

    def items() -> Iterator[str]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield str(number)

    results = map_items(upper, items(), engine="ray", cluster=Cluster(items_per_task=2))
    next(results)
    assert taken <= 2 * 3 * 2
    results.close()


def make(folder: Path, engine: str, monkeypatch: pytest.MonkeyPatch, on_start=lambda: None) -> dict[str, bytes]:
    """Bytes that a stage of 24 items makes in `folder`."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    items = [Item(f"i{number:02}", "input", {"seconds": 0.3}) for number in range(24)]
    on_start()
    run = RUN.model_copy(update={"engine": engine, "items_per_task": 2})
    ledger = run_items(Plan("stage", OUT, {}, run, 0.0), items, work)
    assert len(ledger.of_status(OK)) == 24
    return {path.name: path.read_bytes() for path in OUT.iterdir()}


def test_all_engines_give_the_same_bytes_and_a_dead_machine_costs_nothing(machines, tmp_path: Path, monkeypatch):
    import threading

    cluster, nodes = machines

    def kill_one() -> None:
        log = tmp_path / "ray/starts"
        while not log.exists() or len(log.read_text().split()) < 8:
            time.sleep(0.05)
        cluster.remove_node(nodes.pop(), allow_graceful=False)

    killer = threading.Thread(target=kill_one)
    made = {"ray": make(tmp_path / "ray", "ray", monkeypatch, killer.start)}
    killer.join()
    assert len(nodes) == 1
    for engine in ("serial", "processes"):
        made[engine] = make(tmp_path / engine, engine, monkeypatch)
    assert made["ray"] == made["serial"] == made["processes"]
    starts = (tmp_path / "ray/starts").read_text().split()
    assert set(starts) == {name.removesuffix(".txt") for name in made["ray"]}
    assert len(starts) <= 24 + 2  # nothing twice but what the dead machine had in its hands
