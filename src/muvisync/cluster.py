"""The engine "ray": several items a task, each in a process of its own on the cluster's machines.

A crash or a hang costs its item only, as on one machine: the task hands its items to a `Crew` of one worker, which
stays for the next task, so that models are loaded once. What is left for Ray is the loss of a machine: then the items
of the task are reported as lost, and `map_items` gives them out again, one by one.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from muvisync.errors import UserError
from muvisync.pool import Crew, WorkerLost

T = TypeVar("T")
R = TypeVar("R")

_CREWS: dict[str, Crew] = {}  # in a process of Ray: the worker of the `map_cluster` in progress, by its name


@dataclass(frozen=True)
class Cluster:
    """How the engine "ray" works; the cluster's machines share the file system of the current folder.

    `address` is that of a running cluster ("auto": the one this machine belongs to); None starts one on this machine.
    """

    address: str | None = None
    items_per_task: int = 1
    gpus_per_item: float = 0.0


def map_cluster(
    fn: Callable[[T], R], items: Iterable[T], workers: int, timeout: float | None, cluster: Cluster, alone: bool
) -> Iterator[tuple[T, R | WorkerLost]]:
    """Yield (item, fn(item) or WorkerLost) as `map_items` does.

    Args:
        workers: items at the same time at most, 0: as many as the cluster has room for.
        alone: one item a task, whatever `cluster.items_per_task` says.

    Raises:
        UserError: Ray is not installed, no cluster answers, or its machines do not share the current folder.
    """
    ray = _import_ray()
    ours = not ray.is_initialized()
    if ours:
        _connect(ray, cluster.address)
    try:
        yield from _map(ray, fn, items, workers, timeout, cluster, 1 if alone else cluster.items_per_task)
    finally:
        if ours:
            ray.shutdown()


def _import_ray() -> Any:
    # they would send figures about this machine away
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise UserError('run.engine is ray, which is not installed: pip install "muvisync[ray]"') from error
    return ray


def _connect(ray: Any, address: str | None) -> None:
    local = {"include_dashboard": False} if address is None else {}
    try:
        _knock(address)  # Ray itself would knock for minutes, and end the process then
        ray.init(address or "local", log_to_driver=False, configure_logging=False, **local)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(
            f"no Ray cluster at run.ray_address {address!r} ({' '.join(str(error).split())[:200]}); start one with "
            "`ray start --head`, or set run.ray_address to null for one on this machine"
        ) from error


def _knock(address: str | None) -> None:
    host, colon, port = (address or "").rpartition(":")
    if colon:
        if "/" in host or not port.isdigit():
            raise ValueError("write host:port, without ray://")
        socket.create_connection((host, int(port)), timeout=10.0).close()


def _map(
    ray: Any, fn: Callable, items: Iterable, workers: int, timeout: float | None, cluster: Cluster, per_task: int
) -> Iterator[tuple[Any, Any]]:
    # a lost task comes back to us, not to Ray: only we know that its items may have to part
    task = ray.remote(_work_off).options(num_cpus=1, num_gpus=cluster.gpus_per_item, max_retries=0)
    call = ray.put((uuid4().hex, fn, str(Path.cwd()), timeout))
    queue = iter(items)
    running: dict[Any, list] = {}
    while True:
        # a short window instead of a long queue: a million items do not sit in the cluster's memory
        window = workers or 2 * _slots(ray, cluster.gpus_per_item)
        while len(running) < window and (batch := list(itertools.islice(queue, per_task))):
            running[task.remote(call, batch)] = batch
        if not running:
            return
        done, _ = ray.wait(list(running), num_returns=1)
        for ref in done:
            yield from _collect(ray, ref, running.pop(ref))


def _slots(ray: Any, gpus_per_item: float) -> int:
    """Items that fit on the cluster now; it may grow and shrink."""
    have = ray.cluster_resources()
    if not gpus_per_item:
        return max(1, int(have.get("CPU", 1.0)))
    if not have.get("GPU"):
        raise UserError("run.gpus_per_item asks for a part of a GPU, and the Ray cluster has none; set it to 0")
    return max(1, int(min(have["GPU"] / gpus_per_item, have.get("CPU", 1.0))))


def _collect(ray: Any, ref: Any, batch: list) -> Iterator[tuple[Any, Any]]:
    try:
        yield from zip(batch, ray.get(ref), strict=True)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError as error:
        why = f"the cluster lost the machine or the worker of this item ({type(error).__name__})"
        yield from ((item, WorkerLost(why)) for item in batch)


def _work_off(call: tuple[str, Callable, str, float | None], batch: list) -> list:
    """Runs on a machine of the cluster: results in the order of `batch`."""
    name, fn, folder, timeout = call
    try:
        os.chdir(folder)  # paths are relative to the workspace
    except OSError as error:
        raise UserError(
            f"{folder} is not there on {os.uname().nodename}: the machines of the cluster must share the file system"
        ) from error
    if name not in _CREWS:
        _dismiss_all()
        _CREWS[name] = Crew(fn, 1)
    # a crew of one answers in order
    return [result for _, result in _CREWS[name].map(batch, timeout)]


def _dismiss_all() -> None:
    for crew in _CREWS.values():
        crew.dismiss()
    _CREWS.clear()
