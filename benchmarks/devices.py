"""Songs a second in training the preset's AMT, by devices: one process and two on the CPU, one GPU where there is one.

Two processes on two cores should be faster than one on one core; on a GPU there is no target yet: none was at hand.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import yaml

SONGS = Path("../shared/muvi-sync-mini")
_PRESET = Path(__file__).parents[1] / "presets/muvi-sync.yaml"
_CPU = {
    "1 process, CPU": {"accelerator": "cpu", "devices": 1},
    "2 processes, CPU": {"accelerator": "cpu", "devices": 2},
}
_GPU = {
    "1 GPU, 32 bits": {"accelerator": "gpu", "devices": 1, "precision": "32-true"},
    "1 GPU, bfloat16": {"accelerator": "gpu", "devices": 1, "precision": "bf16-mixed"},
}
FASTER = 1.2  # times as fast with two processes; together they have two cores
_EPOCH = re.compile(r"([\d.]+) s an epoch")


def main(songs: Path = SONGS) -> bool:
    """Measure each; whether two processes are faster than one."""
    if not songs.is_dir():
        print(f"not measured: it needs the songs of {songs}")
        return True
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        params = _workspace(Path(folder), songs)
        for name, changes in (_CPU | (_GPU if torch.cuda.is_available() else {})).items():
            found[name] = _songs_a_second(Path(folder), params, changes)
            print(f"{name}: {found[name]:.2f} songs a second", flush=True)
    if not torch.cuda.is_available():
        print(f"not measured, no GPU: {', '.join(_GPU)}")
    one, two = (found[name] for name in _CPU)
    print(f"two processes: {two / one:.2f} times as fast, target {FASTER}")
    return two / one >= FASTER


def _workspace(folder: Path, songs: Path) -> dict:
    """A workspace with the songs; the preset's parameters for two short epochs."""
    params = yaml.safe_load(_PRESET.read_text())
    params["dataset"] |= {"published": str(songs.resolve()), "published_hash": None, "shards": 1}
    params["train_amt"] |= {"epochs": 2, "patience": 9, "threads": 1}
    (folder / "params.yaml").write_text(json.dumps(params))
    subprocess.run([sys.executable, "-m", "muvisync.dataset"], cwd=folder, check=True, capture_output=True)
    return params


def _songs_a_second(folder: Path, params: dict, changes: dict) -> float:
    """Of the mean of both epochs, with the same songs a step for all."""
    batch = params["train_amt"]["batch_size"] // changes["devices"]
    section = params["train_amt"] | changes | {"batch_size": batch}
    (folder / "params.yaml").write_text(json.dumps(params | {"train_amt": section}))
    command = [sys.executable, "-m", "amt.train", "amt"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    learned = int(re.search(r"(\d+) songs to learn from", done.stdout)[1])
    return learned / float(_EPOCH.findall(done.stdout)[-1])
