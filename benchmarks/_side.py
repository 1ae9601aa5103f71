"""A side of the benchmarks of training, ours or the published one: how much it measures, and by which clock.

Seconds are the processor's on a CPU, so that other programs of the machine disturb them little, and the clock's on a
GPU, for which the processor waits.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import torch
import yaml

SONGS = Path("../shared/muvi-sync-mini")
HELD = 4
"""Measured songs for one that is validated."""


def parser_of(module: str) -> argparse.ArgumentParser:
    """The options of both sides; the workspace is the current folder."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    parser.add_argument("--warm", type=int, default=2, help="steps before those that are measured")
    parser.add_argument("--measured", type=int, default=8, help="steps that are measured")
    parser.add_argument("--generate", type=int, default=0, metavar="SECONDS", help="of chords, measured too")
    return parser


def now(gpu: bool) -> float:
    """Seconds, once a GPU has done what it was given."""
    if not gpu:
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def make_workspace(folder: Path, preset: str, songs: Path = SONGS, **train_amt: object) -> Path:
    """A workspace with the published songs as both sides want them, and a preset's parameters with some changed."""
    (folder / "dataset").symlink_to(songs.resolve())
    params = yaml.safe_load((Path(__file__).parents[1] / f"presets/{preset}.yaml").read_text())
    params["dataset"] |= {"published": str(songs.resolve()), "published_hash": None, "shards": 1}
    params["train_amt"] |= train_amt
    (folder / "params.yaml").write_text(json.dumps(params))
    subprocess.run([sys.executable, "-m", "muvisync.dataset"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def change(workspace: Path, **train_amt: object) -> None:
    """Other parameters for the next training."""
    file = workspace / "params.yaml"
    params = json.loads(file.read_text())
    params["train_amt"] |= train_amt
    file.write_text(json.dumps(params))


def run_side(module: str, workspace: Path, *options: object) -> dict[str, float]:
    """What a side measured, in a process of its own: its last line. Raises RuntimeError with what it said."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, options)]
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run(command, cwd=workspace, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])
