"""`python -m tests.faults.fault_run --kills 50`: kill the pipeline at random moments, then compare with a quiet run.

A catalogue of small clips and bad files is fetched from a server that drops, refuses and lies. While its stages run,
workers and whole runs are killed (SIGKILL) at random moments; each time the stage is simply started again. At the end
the same catalogue goes through an undisturbed run in another folder, and both must have made the same bytes.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.clips import BAD, make_files
from tests.faults.faulty_server import FaultServer

from muvisync.ledger import FAILED, Ledger
from muvisync.params import set_params

ROOT = Path(__file__).parents[2]
STAGES = ("download", "transcribe", "video", "dataset")
_SHARE = {"download": 0.62, "transcribe": 0.08, "video": 0.12, "dataset": 0.18}  # of the kills; torch is slow to load
_SETTINGS = (
    *("run.engine=processes", "run.workers=2", "run.attempts=6", "run.backoff=0.05", "run.item_timeout=240.0"),
    *("download.requests_per_minute=0", "download.allow_private=true", "download.timeout=10.0"),
    *("download.failure_budget=1.0", "dataset.failure_budget=1.0", "dataset.shards=4"),
)


class FaultRunFailed(Exception):
    """Something was lost, torn or done twice."""


@dataclass
class Report:
    """What the run did and found."""

    kills: Counter = field(default_factory=Counter)  # (stage, "worker" or "run")
    faults: Counter = field(default_factory=Counter)
    works: Counter = field(default_factory=Counter)  # starts of items by stage
    finished: Counter = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    files: int = 0
    bad: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """The summary, a line a figure."""
        stages = [name for name in STAGES if self.works[name] or name == "dataset"]
        kills = [f"{name}: {self.kills[name, 'worker']} workers, {self.kills[name, 'run']} runs" for name in stages]
        work = [f"{name}: {self.works[name]} for {self.finished[name]} items" for name in stages[: len(stages) - 1]]
        return [
            f"kills (kill -9)                  {sum(self.kills.values())}: {'; '.join(kills)}",
            f"HTTP faults                      {sum(self.faults.values())}: {dict(self.faults)}",
            f"works begun                      {'; '.join(work)}",
            f"finished items worked on again   {len(self.twice)} {self.twice}",
            f"files compared, different        {self.files}, {len(self.different)} {self.different}",
            f"bad files listed with a reason   {len(self.bad)} of {len(BAD)}",
            *(f"    {name}: {reason}" for name, reason in sorted(self.bad.items())),
            f"seconds                          {self.seconds:.0f}",
        ]

    def check(self, kills: int) -> None:
        """Raise FaultRunFailed unless all is as it must be."""
        wrong = {
            "fewer kills than asked for": sum(self.kills.values()) < kills,
            "finished items were worked on again": self.twice,
            "bytes differ": self.different or not self.files,
            "bad files without a reason": len(self.bad) != len(BAD) or not all(self.bad.values()),
        }
        if found := [what for what, is_so in wrong.items() if is_so]:
            raise FaultRunFailed("\n".join(["; ".join(found), *self.lines()]))


class Workspace:
    """A folder with the catalogue, in which stages run."""

    def __init__(self, path: Path, rows: list[str]) -> None:
        self.path = path
        (path / "data").mkdir(parents=True)
        (path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
        (path / "data/catalog.csv").write_text("\n".join(["video_id,source,title,license,tags", *rows]) + "\n")
        here = Path.cwd()
        os.chdir(path)
        try:
            set_params([*_SETTINGS])
        finally:
            os.chdir(here)

    def start(self, stage: str) -> subprocess.Popen:
        """Start a stage in a process group of its own."""
        command = [sys.executable, "-m", "tests.faults.fault_stage", stage]
        log = (self.path / "output.log").open("ab")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        return subprocess.Popen(command, cwd=self.path, env=environment, stdout=log, stderr=log, start_new_session=True)

    def finish(self, stage: str) -> None:
        """Run a stage to its end, until nothing that may work next time is left."""
        for _ in range(6):
            process = self.start(stage)
            if process.wait(timeout=900):
                raise FaultRunFailed(f"{stage} ended with {process.returncode}:\n{self.output()[-3000:]}")
            if not [r for r in Ledger(stage, self.path / "data/ledger").of_status(FAILED) if not r.permanent]:
                return
        raise FaultRunFailed(f"{stage}: items fail for ever\n{self.output()[-3000:]}")

    def output(self) -> str:
        """All that the stages have said."""
        return (self.path / "output.log").read_text(errors="replace")

    def log(self) -> list[list[str]]:
        """Starts and ends of items, in order: [what, stage, id]."""
        path = self.path / "work.log"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def outputs(self, stages: tuple[str, ...]) -> dict[str, bytes]:
        """Bytes of all files that the stages made."""
        files = [path for stage in stages for path in (self.path / "data" / stage).rglob("*") if path.is_file()]
        return {str(path.relative_to(self.path)): path.read_bytes() for path in files}


def kill_at_random(workspace: Workspace, stage: str, kills: int, chance: random.Random, report: Report) -> None:
    """Start `stage` again and again, and kill it or one of its workers, until `kills` kills are done."""
    done = 0
    while done < kills:
        process = workspace.start(stage)
        if chance.random() < 0.7:
            _wait_for_work(workspace, process)
        while process.poll() is None and done < kills:
            time.sleep(chance.uniform(0.0, 1.0))
            victim = "worker" if chance.random() < 0.5 else "run"
            if _kill(process, victim, chance):
                report.kills[stage, victim] += 1
                done += 1
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for_work(workspace: Workspace, process: subprocess.Popen) -> None:
    before, end = len(workspace.log()), time.monotonic() + 60
    while len(workspace.log()) == before and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)


def _kill(process: subprocess.Popen, victim: str, chance: random.Random) -> bool:
    if process.poll() is not None:
        return False
    if victim == "run":
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    workers = _workers(process.pid)
    with suppress(ProcessLookupError):
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)
            return True
    return False


def _workers(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            of = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if of == parent and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return found


def done_twice(log: list[list[str]]) -> list[str]:
    """Items whose work began after the ledger had recorded that they are done."""
    done, twice = set(), []
    for what, stage, name in log:
        if what == "done":
            done.add((stage, name))
        elif (stage, name) in done:
            twice.append(f"{stage} {name}")
    return twice


def fault_run(
    folder: Path, *, kills: int, clips: int, faults_per_file: int, stages: tuple[str, ...], seed: int
) -> Report:
    """Do it all in `folder`. Raises FaultRunFailed."""
    started, chance, report = time.monotonic(), random.Random(seed), Report()
    files = make_files(folder / "files", clips)
    server = FaultServer(files, faults_per_file)
    rows = [f'{name},{server.url(name)},"{kind} <b>{name}</b>",CC0-1.0,' for name, (kind, _) in files.items()]
    disturbed, quiet = Workspace(folder / "disturbed", rows), Workspace(folder / "quiet", rows)
    shares = {stage: _SHARE[stage] / sum(_SHARE[name] for name in stages) for stage in stages}
    for stage in stages:
        kill_at_random(disturbed, stage, round(kills * shares[stage] + 0.5), chance, report)
        disturbed.finish(stage)
        print(f"{stage}: {dict(report.kills)}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    report.faults = server.injected
    for stage in stages:
        quiet.finish(stage)
    server.close()
    made, wanted = disturbed.outputs(stages), quiet.outputs(stages)
    report.files = len(wanted)
    report.different = sorted(name for name in made.keys() | wanted.keys() if made.get(name) != wanted.get(name))
    log = disturbed.log()
    report.twice = done_twice(log)
    report.works = Counter(stage for what, stage, _ in log if what == "start")
    report.finished = Counter(stage for stage, _ in {(stage, name) for what, stage, name in log if what == "done"})
    records = Ledger("download", disturbed.path / "data/ledger").records
    report.bad = {name: f"{r.status}: {r.reason}" for name, r in records.items() if name.startswith("bad-")}
    report.seconds = time.monotonic() - started
    return report


def main() -> None:
    """Run from the command line and print the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--faults", type=int, default=6, help="before each good file is served as it is")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = fault_run(
            Path(folder),
            kills=options.kills,
            clips=options.clips,
            faults_per_file=options.faults,
            stages=STAGES,
            seed=options.seed,
        )
    print("\n".join(report.lines()))
    report.check(options.kills)


if __name__ == "__main__":
    main()
