"""Training at the paper's size on one GPU beside the published code on the same GPU and songs.

The published code takes one song a step and computes with 32 bits; ours computes with the preset's precision, which is
bfloat16 there, and is measured with one song a step and with `BATCH`. Seconds an epoch are as in `benchmarks.training`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch

from benchmarks._side import change, make_workspace, run_side
from benchmarks.training import PUBLISHED, is_there

BATCH = 16
FASTER = 10.0
_WARM, _STEPS = 10, 40


def main(published: Path = PUBLISHED) -> bool:
    """Measure both sides in turn; whether the target is met. `published` is the published code's folder."""
    if not torch.cuda.is_available():
        print("not measured: it needs a GPU")
        return True
    if not is_there(published, "training_gpu"):
        return True
    measured = "--warm", _WARM, "--measured", _STEPS
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_workspace(Path(folder), "paper", batch_size=1, accelerator="gpu")
        theirs = run_side("_published_training", workspace, published.resolve(), "--gpu", *measured)
        one = run_side("_our_training", workspace, *measured)
        change(workspace, batch_size=BATCH)
        ours = run_side("_our_training", workspace, *measured)
    print(torch.cuda.get_device_name())
    for name, figures in {"published, 1 song a step": theirs, "ours, 1": one, f"ours, {BATCH}": ours}.items():
        print(
            f"{name}: {1 / figures['epoch']:.1f} songs a second ({1 / figures['song']:.1f} in the steps alone), "
            f"{figures['gpu_megabytes']:.0f} MB of the GPU's memory at most"
        )
    faster = theirs["epoch"] / ours["epoch"]
    print(f"training: {faster:.1f} times as many songs a second (target {FASTER:g})")
    return faster >= FASTER


if __name__ == "__main__":
    raise SystemExit(not main(*map(Path, sys.argv[1:])))
