"""One training run: devices, early stopping, resume, and the best epoch as the model."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from pytorch_lightning import Trainer
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint

from amt.model import save_model
from amt.model.device import on_gpu
from amt.model.songs import dataset_encoder, dataset_hash
from amt.train.data import SongData, TrainingSongs
from amt.train.history import History
from amt.train.launch import launcher, lost_others
from amt.train.precision import choose_precision
from amt.train.resume import CACHE, Beginning, TrainingState
from amt.train.task import Task
from amt.train.watchdog import Watchdog
from muvisync.errors import UserError
from muvisync.files import json_hash
from muvisync.params import TrainAmtParams, TrainRhythmParams

MODELS, REPORTS = Path("models"), Path("reports")
Params = TrainAmtParams | TrainRhythmParams


def fit(
    name: str,
    songs: TrainingSongs,
    params: Params,
    dataset: Path,
    monitor: str,
    make_task: Callable[[], Task],
) -> None:
    """Train and write models/<name>/ and reports/train_<name>/.

    Args:
        monitor: the figure to minimise, without its part ("chords" for val/chords, or train/chords without validation).
        make_task: builds the task; called after seeding.

    Raises:
        UserError: the training diverged.
    """
    stage = f"train_{name}"
    _quieten()
    if params.threads:
        torch.set_num_threads(params.threads)
    torch.manual_seed(params.seed)
    task = make_task()
    figure = f"{'val' if songs.val else 'train'}/{monitor}"
    identity = {"the dataset": dataset_hash(dataset), "the parameters": json_hash(params.model_dump())}
    state = TrainingState(CACHE / name, identity)
    history = History(REPORTS / stage, stage, figure)
    trainer = _make_trainer(params, state.folder, figure, validates=bool(songs.val))
    say = partial(print, f"{stage} ", flush=True) if trainer.is_global_zero else _nothing
    _announce(say, songs, task)
    resume = state.find(say)
    beginning = [] if resume else [Beginning(state)]
    trainer.callbacks[:0] = [Watchdog(stage, params.hang_timeout, launcher()), *beginning, history]
    data = SongData(songs.train, songs.val, params.batch_size, params.seed)
    try:
        trainer.fit(task, data, ckpt_path=resume, weights_only=True)
    except RuntimeError as error:
        if trainer.world_size == 1 or not lost_others(error):
            raise
        raise UserError(f"{stage}: rank {trainer.global_rank} lost the others, one of which is gone") from error
    if trainer.is_global_zero:
        _load_best(task, trainer, stage)
        task.finish(songs.val or songs.train)
        save_model(MODELS / name, task.model, dataset_encoder(dataset))
        state.end()
        say(f"done: epoch {history.best} of {len(history.epochs)} is in {MODELS / name}")


def _make_trainer(params: Params, folder: Path, figure: str, validates: bool) -> Trainer:
    keep = ModelCheckpoint(
        dirpath=folder,
        filename="best",
        monitor=figure,
        save_last=True,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
    stop = EarlyStopping(figure, patience=params.patience, check_on_train_epoch_end=True)
    return Trainer(
        accelerator=params.accelerator,
        devices=params.devices,
        num_nodes=params.num_nodes,
        strategy="ddp" if params.devices * params.num_nodes > 1 else "auto",
        use_distributed_sampler=False,  # ours know which song is whose
        accumulate_grad_batches=params.accumulate,
        precision=choose_precision(params.precision, params.accelerator),
        deterministic="warn" if on_gpu(params.accelerator) else None,
        max_epochs=params.epochs,
        gradient_clip_val=params.gradient_clip or None,
        limit_val_batches=None if validates else 0,
        num_sanity_val_steps=0,
        callbacks=[stop, keep],
        default_root_dir=folder,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


def _load_best(task: Task, trainer: Trainer, stage: str) -> None:
    keep = trainer.checkpoint_callback
    if not keep.best_model_path or not math.isfinite(keep.best_model_score):
        raise UserError(f"{stage}: the training diverged; lower {stage}.learning_rate in params.yaml and run again")
    task.load_state_dict(torch.load(keep.best_model_path, map_location="cpu", weights_only=True)["state_dict"])


def _announce(say: Callable[[str], None], songs: TrainingSongs, task: Task) -> None:
    size = sum(parameter.numel() for parameter in task.parameters()) / 1e6
    say(f"{len(songs.train)} songs to learn from, {len(songs.val)} to validate, {size:.2f} M parameters")
    if songs.skipped:
        names = ", ".join(songs.skipped[:5]) + (", ..." if len(songs.skipped) > 5 else "")
        say(f"left out {len(songs.skipped)} videos that have nothing to learn from: {names}")
    if not songs.val:
        say("no validation songs: the training loss decides which epoch is the best")


def _nothing(line: str) -> None:
    """What other processes than the first say."""


def _quieten() -> None:
    """Only our own lines: Lightning's hints are about data loaders and loggers that we leave out on purpose."""
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*LeafSpec.*")
    warnings.filterwarnings("ignore", message=".*Checkpoint directory .* exists and is not empty.*")
    warnings.filterwarnings("ignore", message=".*The number of training batches .* is smaller than the logging.*")
