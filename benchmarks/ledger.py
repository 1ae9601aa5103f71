"""What a video costs the process that runs a stage, though nothing is to be done: memory and time, by their number."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from muvisync.files import json_hash
from muvisync.ledger import LEDGERS, OK, Artifact, Record

FEW, MANY = 10_000, 100_000
MOST = {"ledger": 500, "stage": 1500}
"""Bytes a video: of the ledger, and of all that a stage holds (ledger, items, names of its files)."""
# The kernel's own high-water mark (Linux), in a process of its own
_BEGIN = """
import os, sys, time
from pathlib import Path
from muvisync.files import json_hash
from muvisync.ledger import Ledger
from muvisync.params import load_params
from muvisync.stage import Item, Plan, run_items
from muvisync.summary import summary_table
folder, count, params = Path(sys.argv[1]), int(sys.argv[2]), load_params()
def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
def items():
    for place in range(count):
        name = f"video-{place:07d}"
        yield Item(name, f"{place:064x}", {"media": f"{name}.mp4"}, f"data/download/{name}.mp4")
os.chdir(folder)
"""
_LEDGER = """
keys = {item.id: json_hash([item.input, {}]) for item in items()}
before, started = peak(), time.process_time()
ledger = Ledger("stage")
assert not ledger.begin(keys, 3)
summary_table("stage", ledger, 1.0)
"""
_STAGE = """
before, started = peak(), time.process_time()
run_items(Plan("stage", Path("out"), {}, params.run, 0.0), items(), print)
"""
_END = """
print(peak() - before, time.process_time() - started)
"""


def main() -> bool:
    """Measure both at both numbers of videos; whether both targets are met."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_measure(Path(folder) / str(count), count) for count in (FEW, MANY))
    sizes = {name: (many[name] - few[name]) / (MANY - FEW) for name in many}
    for name, most in MOST.items():
        print(f"{name}: {sizes[name]:.0f} bytes for each video more, target at most {most}")
    return all(sizes[name] <= most for name, most in MOST.items())


def _measure(workspace: Path, count: int) -> dict[str, float]:
    """Bytes that a ledger and a stage over `count` videos, all done, need at most."""
    _write_outcomes(workspace, count)
    found = {}
    for name, code in (("ledger", _LEDGER), ("stage", _STAGE)):
        command = [sys.executable, "-c", _BEGIN + code + _END, str(workspace), str(count)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        found[name], seconds = map(float, done.stdout.split())
        print(f"{name} at {count} videos: {found[name] / 1e6:.1f} MB, {seconds:.1f} s of processor time")
    return found


def _write_outcomes(workspace: Path, count: int) -> None:
    """The ledger and the files (empty) of `count` videos that are done."""
    (workspace / "out").mkdir(parents=True)
    (workspace / LEDGERS).mkdir(parents=True)
    with (workspace / LEDGERS / "stage.jsonl").open("w") as stream:
        for place in range(count):
            name = f"video-{place:07d}"
            path = f"out/{name}.parquet"
            (workspace / path).touch()
            artifacts = {path: Artifact.of(workspace / path)}
            key = json_hash([f"{place:064x}", {}])
            record = Record(name, key, OK, attempts=1, seconds=12.345, media_seconds=240.123, artifacts=artifacts)
            stream.write(record.to_json() + "\n")


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
