"""The engine "ray" on a cluster of one head and two machines, started by the test; a machine may die on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.faults.clips import make_clip

from muvisync.cluster import Cluster
from muvisync.errors import UserError
from muvisync.files import atomic_write_text
from muvisync.ledger import OK, Ledger
from muvisync.parallel import WorkerLost, map_items
from muvisync.params import RunParams, set_params
from muvisync.stage import Done, Item, Plan, run_items

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
ray = pytest.importorskip("ray")
REPO = Path(__file__).parents[2]
STAGES = ("download", "transcribe", "video", "dataset")
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
def machines() -> Iterator[tuple]:
    """The cluster that this process is connected to, and its worker machines; the head does no work."""
    from ray.cluster_utils import Cluster as TestCluster

    cluster = TestCluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    ray.init(cluster.address, log_to_driver=False)
    cluster.wait_for_nodes()
    yield cluster, nodes
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
    assert taken <= 2 * 2 * 2  # two tasks a machine, two items a task
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


class Killer(threading.Thread):
    """Kills one of two worker machines once `progress()` is `least`; `seen` is what it was right after the death."""

    def __init__(self, machines: tuple, progress: Callable[[], int], least: int) -> None:
        super().__init__(daemon=True)
        self.cluster, self.nodes = machines
        self.progress, self.least, self.seen = progress, least, -1
        if len(self.nodes) < 2:
            self.nodes.append(self.cluster.add_node(num_cpus=1))
            self.cluster.wait_for_nodes()

    def run(self) -> None:
        while self.progress() < self.least:
            time.sleep(0.05)
        self.cluster.remove_node(self.nodes.pop(), allow_graceful=False)
        self.seen = self.progress()


def test_all_engines_give_the_same_bytes_and_a_dead_machine_costs_nothing(machines, tmp_path: Path, monkeypatch):
    log = tmp_path / "ray/starts"
    killer = Killer(machines, lambda: len(log.read_text().split()) if log.exists() else 0, 8)
    made = {"ray": make(tmp_path / "ray", "ray", monkeypatch, killer.start)}
    killer.join()
    assert 8 <= killer.seen < 24
    for engine in ("serial", "processes"):
        made[engine] = make(tmp_path / engine, engine, monkeypatch)
    assert made["ray"] == made["serial"] == made["processes"]
    starts = log.read_text().split()
    assert set(starts) == {name.removesuffix(".txt") for name in made["ray"]}
    assert len(starts) <= 24 + 2  # nothing twice but what the dead machine had in its hands


class Pipeline:
    """A workspace whose per-video stages run with one engine, each in a process of its own, as DVC runs them."""

    def __init__(self, folder: Path, catalog: list[str], monkeypatch: pytest.MonkeyPatch, *settings: str) -> None:
        self.folder, self.videos = folder, len(catalog)
        (folder / "data").mkdir(parents=True)
        rows = ["video_id,source,title,license,tags", *catalog]
        (folder / "data/catalog.csv").write_text("\n".join(rows) + "\n")
        shutil.copy(REPO / "params.yaml", folder)
        monkeypatch.chdir(folder)
        set_params(settings)

    def run(self, stage: str) -> None:
        command = [sys.executable, "-m", f"muvisync.{stage}"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=900)
        assert (done.returncode, self.finished(stage)) == (0, self.videos), done.stderr[-4000:]

    def finished(self, stage: str) -> int:
        """Items that the ledger has as done; may be asked while the stage runs."""
        return len(Ledger(stage, self.folder / "data/ledger").of_status(OK))

    def run_all(self) -> dict[str, bytes]:
        """Run all stages; the bytes of all that they make."""
        for stage in STAGES:
            self.run(stage)
        files = [path for stage in STAGES for path in (self.folder / "data" / stage).rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Names of the files that are not the same."""
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


@pytest.fixture
def catalog(tmp_path: Path) -> list[str]:
    """Rows of four short clips."""
    clips = [tmp_path / f"clip-{number}.mp4" for number in range(4)]
    for number, path in enumerate(clips):
        make_clip(path, number)
    return [f"{path.stem},{path},,," for path in clips]


def test_the_real_stages_give_the_same_bytes_on_a_cluster_where_a_machine_dies(
    machines, catalog: list[str], tmp_path: Path, monkeypatch
):
    settings = ("run.engine=ray", f"run.ray_address={machines[0].address}")
    pipeline = Pipeline(tmp_path / "ray", catalog, monkeypatch, *settings)
    killer = Killer(machines, lambda: pipeline.finished("transcribe"), 1)
    killer.start()
    made = pipeline.run_all()
    assert 1 <= killer.seen < len(catalog)
    assert sum(name.startswith(("data/transcribe/", "data/video/")) for name in made) == 3 * len(catalog)
    assert different(made, Pipeline(tmp_path / "serial", catalog, monkeypatch, "run.engine=serial").run_all()) == []


@pytest.mark.long
def test_the_real_stages_give_the_same_bytes_with_several_processes(catalog: list[str], tmp_path: Path, monkeypatch):
    catalog.append("sample-04,sample:4,,,")
    serial, processes = (
        Pipeline(tmp_path / engine, catalog, monkeypatch, f"run.engine={engine}").run_all()
        for engine in ("serial", "processes")
    )
    assert different(serial, processes) == []
