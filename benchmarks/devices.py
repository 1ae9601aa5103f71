"""Songs a second in training the preset's AMT, by devices: one process and two on the CPU, one GPU where there is one.

Two processes on two cores should be faster than one on one core; for a GPU there is no target.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from benchmarks._side import SONGS, change, make_workspace, run_side

_CPU = {"1 process, CPU": 1, "2 processes, CPU": 2}
_GPU = {"1 GPU, 32 bits": "32-true", "1 GPU, bfloat16": "bf16-mixed"}
FASTER = 1.2  # times as fast with two processes; together they have two cores
_EPOCH = re.compile(r"([\d.]+) s an epoch")


def main() -> bool:
    """Measure each; whether two processes are faster than one."""
    if not SONGS.is_dir():
        print(f"not measured: it needs the songs of {SONGS}")
        return True
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_workspace(Path(folder), "muvi-sync", epochs=2, patience=9, threads=1)
        batch = json.loads((workspace / "params.yaml").read_text())["train_amt"]["batch_size"]
        for name, processes in _CPU.items():
            # the same songs a step for all
            change(workspace, accelerator="cpu", devices=processes, batch_size=batch // processes)
            found[name] = _songs_a_second(workspace)
            print(f"{name}: {found[name]:.2f} songs a second", flush=True)
        _measure_gpu(workspace, batch)
    one, two = (found[name] for name in _CPU)
    print(f"two processes: {two / one:.2f} times as fast, target {FASTER}")
    return two / one >= FASTER


def _songs_a_second(workspace: Path) -> float:
    """Of the mean of both epochs."""
    command = [sys.executable, "-m", "amt.train", "amt"]
    done = subprocess.run(command, cwd=workspace, check=True, capture_output=True, text=True)
    learned = int(re.search(r"(\d+) songs to learn from", done.stdout)[1])
    return learned / float(_EPOCH.findall(done.stdout)[-1])


def _measure_gpu(workspace: Path, batch: int) -> None:
    """Enough steps to outweigh what a GPU needs to begin; the songs repeat."""
    if not torch.cuda.is_available():
        print(f"not measured, no GPU: {', '.join(_GPU)}")
        return
    for name, precision in _GPU.items():
        change(workspace, accelerator="gpu", devices=1, batch_size=batch, precision=precision)
        figures = run_side("_our_training", workspace, "--warm", 10, "--measured", 60)
        print(f"{name}, {torch.cuda.get_device_name()}: {1 / figures['epoch']:.0f} songs a second", flush=True)


if __name__ == "__main__":
    raise SystemExit(not main())
