"""A Prefect server and workers on this machine: started together, ended together, and nothing else ended with them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from muvisync.errors import UserError
from muvisync.files import read_json, write_json
from muvisync.process import ProcessMark, end_processes

FOLDER = Path("data/service")
_STATE = FOLDER / "processes.json"
DEPLOYMENTS = Path("prefect.yaml")
POOL = "muvisync"
_START = 180.0  # seconds that the server may take: the first start makes its database
_GRACE = 15.0  # seconds that a process gets to end by itself


@dataclass(frozen=True)
class Service:
    """What `start` started.

    Attributes:
        address: of the UI.
        processes: name -> mark.
    """

    address: str
    processes: dict[str, ProcessMark]

    @property
    def api(self) -> str:
        """Where clients connect."""
        return f"{self.address}/api"

    def alive(self) -> bool:
        """Whether every process still runs."""
        return all(mark.find() for mark in self.processes.values())


def find_service() -> Service | None:
    """The service of this workspace as it was started last; None where it is down."""
    if not _STATE.exists():
        return None
    state = read_json(_STATE)
    return Service(state["address"], {name: ProcessMark(**mark) for name, mark in state["processes"].items()})


def start(host: str, port: int, workers: int, say: Callable[[str], None]) -> Service:
    """Start a server and workers, and deploy prefect.yaml.

    Their logs and Prefect's own folder are in data/service.

    Raises:
        UserError: the port is taken, or one of them does not start; what was started is ended then.
    """
    if not DEPLOYMENTS.exists():
        raise UserError(f"{DEPLOYMENTS} is not here: run this in the project's folder")
    _refuse_taken_port(host, port)
    FOLDER.mkdir(parents=True, exist_ok=True)
    service = Service(f"http://{host}:{port}", {})
    try:
        say("starting the server; its first start takes some 20 s")
        _start(service, "server", ["server", "start", "--host", host, "--port", str(port)])
        _wait_for_server(service)
        say("deploying prefect.yaml")
        _deploy(service)
        for number in range(1, workers + 1):
            name = f"worker-{number}"
            _start(service, name, ["worker", "start", "--pool", POOL, "--name", f"{socket.gethostname()}-{number}"])
    except BaseException:
        stop()
        raise
    return service


def stop() -> list[str]:
    """End the processes that `start` started, workers first; names of those that still ran."""
    service = find_service()
    if service is None:
        return []
    # a worker that is asked to end ends its runs: the next run takes them up
    running = {name: process for name, mark in service.processes.items() if (process := mark.find())}
    end_processes([process for name, process in running.items() if name != "server"], _GRACE)
    end_processes([process for name, process in running.items() if name == "server"], _GRACE)
    _STATE.unlink()
    return list(running)


def environment(service: Service) -> dict[str, str]:
    """For programs that talk to the service, from this workspace and with this Python."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return os.environ | {
        "PATH": path,
        "PWD": str(Path.cwd()),  # prefect.yaml names the workspace by it
        "PREFECT_HOME": str(FOLDER.resolve() / "prefect"),
        "PREFECT_API_URL": service.api,
        "PREFECT_UI_API_URL": service.api,
    }


def _start(service: Service, name: str, arguments: list[str]) -> None:
    with (FOLDER / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
            env=environment(service),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in this terminal is not for them
        )
    service.processes[name] = ProcessMark.of(process.pid)
    marks = {each: asdict(mark) for each, mark in service.processes.items()}
    write_json(_STATE, {"address": service.address, "processes": marks})  # at once: a kill leaves nothing unknown


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            raise UserError(f"port {port} of {host} is taken by another program; choose another one with --port")


def _wait_for_server(service: Service) -> None:
    end = time.monotonic() + _START
    while time.monotonic() < end and service.alive():
        try:
            with urlopen(f"{service.api}/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise UserError(f"the server did not start; the reason is in {FOLDER / 'server.log'}")


def _deploy(service: Service) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows.deploy"], env=environment(service), capture_output=True, text=True, check=False
    )
    (FOLDER / "deploy.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        raise UserError(f"prefect.yaml could not be deployed; the reason is in {FOLDER / 'deploy.log'}")
