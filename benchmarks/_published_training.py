"""The published code's side of `benchmarks.training`: `python -m benchmarks._published_training FOLDER SECONDS`.

It calls the published functions as they are; nothing of them is copied here.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from itertools import islice

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks._memory import megabytes

_WARM, _MEASURED, _HELD = 2, 8, 2  # songs
_PRIMER = {"primer": 1, "primer_root": 1, "primer_attr": 1}  # C, C and maj


def main(code: str, seconds: int) -> None:
    """Print a line of JSON: seconds a song of a step and of an epoch, memory, seconds of generation."""
    sys.path.insert(0, code)
    for module in ("model.video_music_transformer", "utilities.run_model_vevo"):
        importlib.import_module(module)
    libraries = megabytes("VmRSS")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, (train, held) = _model(), _batches()
    song, epoch = _train(model, train, held)
    memory = {"libraries": libraries, "megabytes": megabytes("VmHWM")}
    generation = _generate(model.eval(), train[0], seconds)
    print("\n" + json.dumps({"song": song, "epoch": epoch, **memory, "generation": generation}))


def _batches() -> tuple[list[dict], list[dict]]:
    from dataset.vevo_dataset import create_vevo_datasets

    train, held, _ = (DataLoader(part, batch_size=1) for part in create_vevo_datasets())
    return list(islice(train, _WARM + _MEASURED)), list(islice(held, _HELD))


def _model() -> nn.Module:
    from model.video_music_transformer import VideoMusicTransformer

    model = VideoMusicTransformer(total_vf_dim=776, rpr=True)
    decoder = model.transformer.decoder
    forward = decoder.forward

    def without_hints(*inputs: Tensor, tgt_is_causal: bool, memory_is_causal: bool, **masks: Tensor | None) -> Tensor:
        return forward(*inputs, **masks)

    decoder.forward = without_hints  # torch 1, for which it was written, gave no such hints
    return model


def _train(model: nn.Module, train: list[dict], held: list[dict]) -> tuple[float, float]:
    """Seconds a song of the steps alone, and of an epoch: `train.py` evaluates all training songs after each, too."""
    from utilities.constants import ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON, CHORD_PAD, SCHEDULER_WARMUP_STEPS
    from utilities.lr_scheduling import LrStepTracker
    from utilities.run_model_vevo import eval_model, train_epoch

    optimiser = torch.optim.Adam(model.parameters(), lr=1.0, betas=(ADAM_BETA_1, ADAM_BETA_2), eps=ADAM_EPSILON)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, LrStepTracker(512, SCHEDULER_WARMUP_STEPS, 0).step)
    losses = nn.CrossEntropyLoss(ignore_index=CHORD_PAD), nn.BCEWithLogitsLoss()
    train_epoch(0, model, train[:_WARM], *losses, optimiser, schedule)
    measured, started = train[_WARM:], time.process_time()
    train_epoch(1, model, measured, *losses, optimiser, schedule)
    steps = time.process_time() - started
    eval_model(model, [*measured, *held], *losses)
    return steps / len(measured), (time.process_time() - started) / len(measured)


def _generate(model: nn.Module, song: dict, seconds: int) -> float:
    features = {f"feature_{name}": song[name] for name in ("key", "scene_offset", "motion", "emotion")}
    primer = {name: torch.tensor([chord]) for name, chord in _PRIMER.items()}
    started = time.process_time()
    with torch.no_grad():
        made = model.generate(song["semanticList"], **features, **primer, target_seq_length=seconds)
    if made.shape[1] != seconds:
        raise RuntimeError(f"it made {made.shape[1]} chords instead of {seconds}")
    return time.process_time() - started


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
