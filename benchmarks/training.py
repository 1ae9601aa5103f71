"""Training and generation at the paper's size beside the published code, on the same machine and songs.

Both sides compute on one core and take the songs of muvi-sync-mini, one song a step: more the published code can't.
Ours computes with the preset's precision: bfloat16 where the processor has it, which the published code can't either.
The figures are processor seconds, so that other programs of the machine disturb them little. An epoch is what each
program does for one: the published code evaluates its training songs too. Left out in its favour: reading a song, 40 ms
in a process beside the training.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

PUBLISHED = Path("../Video2Music")
SONGS = Path("../shared/muvi-sync-mini")
SECONDS = 300
_PAPER = Path(__file__).parents[1] / "presets/paper.yaml"
_GET = "git clone https://github.com/AMAAI-Lab/Video2Music"
FASTER_TRAINING, FASTER_GENERATION = 2.0, 30.0
MOST_MEMORY = 1.0  # of the published training's


def main(published: Path = PUBLISHED) -> bool:
    """Measure both sides in turn; whether all three targets are met. `published` is the published code's folder."""
    if not (published / "model/video_music_transformer.py").is_file() or not SONGS.is_dir():
        print(f"not measured: it needs {SONGS} and the published code. `{_GET}`, then")
        print(f"`python -m benchmarks.training FOLDER`; without a name it is looked for in {published}")
        return True
    with tempfile.TemporaryDirectory() as folder:
        workspace = _workspace(Path(folder))
        before = _run("_our_training", workspace)
        theirs = _run("_published_training", workspace, published)
        after = _run("_our_training", workspace)
    # the mean of both sides of the published run, so that a machine that grows busier is fair to both
    ours = {name: (before[name] + after[name]) / 2 for name in before}
    return _judge({"published": theirs, "ours": ours})


def _workspace(folder: Path) -> Path:
    """A workspace with the songs as both sides want them and the paper's parameters."""
    (folder / "dataset").symlink_to(SONGS.resolve())
    params = yaml.safe_load(_PAPER.read_text())
    params["dataset"] |= {"published": str(SONGS.resolve()), "shards": 1}
    params["train_amt"] |= {"batch_size": 1, "epochs": 1, "threads": 1, "accelerator": "cpu"}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    subprocess.run([sys.executable, "-m", "muvisync.dataset"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def _run(script: str, workspace: Path, *arguments: Path) -> dict[str, float]:
    """What a side measured, in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{script}", *(str(a.resolve()) for a in arguments), str(SECONDS)]
    paths = {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, cwd=workspace, env=os.environ | paths, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def _judge(sides: dict[str, dict[str, float]]) -> bool:
    for name, figures in sides.items():
        print(
            f"{name:<10} a song {figures['song']:.2f} s in a step, {figures['epoch']:.2f} s in an epoch, "
            f"{figures['megabytes']:.0f} MB at most, {figures['libraries']:.0f} MB of them libraries, "
            f"{SECONDS} s of chords in {figures['generation']:.1f} s"
        )
    published, ours = sides["published"], sides["ours"]
    step, epoch, generation = (published[name] / ours[name] for name in ("song", "epoch", "generation"))
    memory = (ours["megabytes"] - ours["libraries"]) / (published["megabytes"] - published["libraries"])
    print(f"training: {epoch:.2f} times as many songs a second (target {FASTER_TRAINING:g}), in the steps {step:.2f}")
    print(f"generation: {generation:.1f} times as fast (target {FASTER_GENERATION:g})")
    whole = ours["megabytes"] / published["megabytes"]
    print(f"memory: {memory:.2f} of the published (target at most {MOST_MEMORY:g}), with the libraries {whole:.2f}")
    return epoch >= FASTER_TRAINING and generation >= FASTER_GENERATION and memory <= MOST_MEMORY


if __name__ == "__main__":
    raise SystemExit(not main(*map(Path, sys.argv[1:])))
