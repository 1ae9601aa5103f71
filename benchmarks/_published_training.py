"""The published code's side of the benchmarks of training.

It calls the published functions as they are; nothing of them is copied here.
"""

from __future__ import annotations

import importlib
import json
import sys
from itertools import cycle, islice

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks._memory import megabytes
from benchmarks._side import HELD, now, parser_of

_PRIMER = {"primer": 1, "primer_root": 1, "primer_attr": 1}  # C, C and maj


def main() -> None:
    """Print a line of JSON: seconds a song of a step and of an epoch, memory, seconds of generation if asked for."""
    parser = parser_of("_published_training")
    parser.add_argument("code", help="folder of the published code")
    parser.add_argument("--gpu", action="store_true", help="compute there")
    wanted = parser.parse_args()
    sys.path.insert(0, wanted.code)
    for module in ("model.video_music_transformer", "utilities.run_model_vevo"):
        importlib.import_module(module)
    libraries = megabytes("VmRSS")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, (train, held) = _model(wanted.gpu), _batches(wanted.warm + wanted.measured, wanted.measured // HELD)
    found = _train(model, train[: wanted.warm], train[wanted.warm :], held, wanted.gpu)
    found |= {"libraries": libraries, "megabytes": megabytes("VmHWM")}
    if wanted.gpu:
        found["gpu_megabytes"] = torch.cuda.max_memory_allocated() / 1e6
    if wanted.generate:
        found["generation"] = _generate(model.eval(), train[0], wanted.generate)
    print("\n" + json.dumps(found))


def _batches(train: int, held: int) -> list[list[dict]]:
    """So many songs of both, which repeat as needed."""
    from dataset.vevo_dataset import create_vevo_datasets

    parts = zip(create_vevo_datasets()[:2], (train, held), strict=True)
    return [list(islice(cycle(DataLoader(part, batch_size=1)), count)) for part, count in parts]


def _model(gpu: bool) -> nn.Module:
    from model.video_music_transformer import VideoMusicTransformer
    from utilities.device import get_device, use_cuda

    use_cuda(gpu)
    model = VideoMusicTransformer(total_vf_dim=776, rpr=True)
    decoder = model.transformer.decoder
    forward = decoder.forward

    def without_hints(*inputs: Tensor, tgt_is_causal: bool, memory_is_causal: bool, **masks: Tensor | None) -> Tensor:
        return forward(*inputs, **masks)

    decoder.forward = without_hints  # torch 1, for which it was written, gave no such hints
    return model.to(get_device())


def _train(model: nn.Module, warm: list[dict], measured: list[dict], held: list[dict], gpu: bool) -> dict[str, float]:
    """Seconds a song of the steps alone, and of an epoch: `train.py` evaluates all training songs after each, too."""
    from utilities.constants import ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON, CHORD_PAD, SCHEDULER_WARMUP_STEPS
    from utilities.lr_scheduling import LrStepTracker
    from utilities.run_model_vevo import eval_model, train_epoch

    optimiser = torch.optim.Adam(model.parameters(), lr=1.0, betas=(ADAM_BETA_1, ADAM_BETA_2), eps=ADAM_EPSILON)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, LrStepTracker(512, SCHEDULER_WARMUP_STEPS, 0).step)
    losses = nn.CrossEntropyLoss(ignore_index=CHORD_PAD), nn.BCEWithLogitsLoss()
    train_epoch(0, model, warm, *losses, optimiser, schedule)
    started = now(gpu)
    train_epoch(1, model, measured, *losses, optimiser, schedule)
    steps = now(gpu) - started
    eval_model(model, [*measured, *held], *losses)
    return {"song": steps / len(measured), "epoch": (now(gpu) - started) / len(measured)}


def _generate(model: nn.Module, song: dict, seconds: int) -> float:
    features = {f"feature_{name}": song[name] for name in ("key", "scene_offset", "motion", "emotion")}
    primer = {name: torch.tensor([chord]) for name, chord in _PRIMER.items()}
    started = now(gpu=False)
    with torch.no_grad():
        made = model.generate(song["semanticList"], **features, **primer, target_seq_length=seconds)
    if made.shape[1] != seconds:
        raise RuntimeError(f"it made {made.shape[1]} chords instead of {seconds}")
    return now(gpu=False) - started


if __name__ == "__main__":
    main()
