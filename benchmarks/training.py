"""Training and generation at the paper's size beside the published code, on the same machine and songs.

Both sides compute on one core and take the songs of muvi-sync-mini, one song a step: more the published code can't.
Ours computes with the preset's precision: bfloat16 where the processor has it, which the published code can't either.
An epoch is what each program does for one: the published code evaluates its training songs too. Left out in its favour:
reading a song, 40 ms in a process beside the training.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks._side import SONGS, make_workspace, run_side

PUBLISHED = Path("../Video2Music")
SECONDS = 300
_GET = "git clone https://github.com/AMAAI-Lab/Video2Music"
FASTER_TRAINING, FASTER_GENERATION = 2.0, 30.0
MOST_MEMORY = 1.0  # of the published training's


def is_there(published: Path, name: str) -> bool:
    """Whether there are songs and the published code; says what is missing for the benchmark of this name."""
    if (published / "model/video_music_transformer.py").is_file() and SONGS.is_dir():
        return True
    print(f"not measured: it needs {SONGS} and the published code. `{_GET}`, then")
    print(f"`python -m benchmarks {name} FOLDER`; without a folder it is looked for in {published}")
    return False


def main(published: Path = PUBLISHED) -> bool:
    """Measure both sides in turn; whether all three targets are met. `published` is the published code's folder."""
    if not is_there(published, "training"):
        return True
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_workspace(Path(folder), "paper", batch_size=1, threads=1, accelerator="cpu")
        before = run_side("_our_training", workspace, "--generate", SECONDS)
        theirs = run_side("_published_training", workspace, published.resolve(), "--generate", SECONDS)
        after = run_side("_our_training", workspace, "--generate", SECONDS)
    # the mean of both sides of the published run, so that a machine that grows busier is fair to both
    ours = {name: (before[name] + after[name]) / 2 for name in before}
    return _judge({"published": theirs, "ours": ours})


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
