"""What a run shows while it learns: a line an epoch for people, and DVCLive's plots for the report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from dvclive import Live
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor

_DIGITS = 6  # of a logged figure
_QUIET = 30.0  # seconds without a line, within a long epoch


class History(Callback):
    """Keeps every epoch's figures; part of the training state, so that a resumed run has the whole curve.

    Args:
        folder: where DVCLive writes metrics.json and plots/.
        stage: the name that the lines begin with.
        monitor: the figure that decides which epoch is the best (smaller is better).
    """

    def __init__(self, folder: Path, stage: str, monitor: str) -> None:
        self.folder, self.stage, self.monitor = folder, stage, monitor
        self.epochs: list[dict[str, float]] = []
        self._live: Live | None = None
        self._first = 0
        self._started = self._said = 0.0
        self._losses: list[Tensor] = []

    def state_dict(self) -> dict[str, Any]:
        return {"epochs": self.epochs}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.epochs = list(state_dict["epochs"])

    @property
    def best(self) -> int:
        """Number of the best epoch, from 1."""
        return 1 + min(range(len(self.epochs)), key=lambda epoch: self.epochs[epoch][self.monitor])

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self._started, self._first = time.monotonic(), len(self.epochs)
        self._said = self._started
        if trainer.is_global_zero:
            # its defaults would rewrite dvc.yaml and save an experiment in Git
            self._live = Live(dir=str(self.folder), dvcyaml=False, save_dvc_exp=False)
            for figures in self.epochs:  # of a run that was killed; written anew: the files never hold an epoch twice
                self._log(figures)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: dict[str, Tensor], batch: Any, batch_idx: int
    ) -> None:
        self._losses.append(outputs["loss"].detach())  # stays on its device: reading each one would make a GPU wait
        done, steps = batch_idx + 1, int(trainer.num_training_batches)
        if self._live and done < steps and time.monotonic() - self._said >= _QUIET:
            print(self._line_within(done, steps, trainer.max_epochs or 0), flush=True)
            self._losses, self._said = [], time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.epochs.append({name: round(float(value), _DIGITS) for name, value in trainer.callback_metrics.items()})
        if self._live:
            self._log(self.epochs[-1])
            print(self._line(trainer.max_epochs or 0), flush=True)
        self._losses, self._said = [], time.monotonic()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self._live:
            self._live.summary["best_epoch"] = self.best
            self._live.end()

    def _log(self, figures: dict[str, float]) -> None:
        for name, value in sorted(figures.items()):
            self._live.log_metric(name, value)
        self._live.next_step()

    def _line(self, most: int) -> str:
        done, latest = len(self.epochs), self.epochs[-1]
        each = self._seconds() / (done - self._first)
        figures = "  ".join(f"{name} {value:.3f}" for name, value in sorted(latest.items()))
        left = f"at most {readable((most - done) * each)} left"
        return f"{self.stage}  epoch {done}/{most}  {figures}  (best: {self.best})  {readable(each)} an epoch, {left}"

    def _line_within(self, done: int, steps: int, most: int) -> str:
        """Of an unfinished epoch: the mean loss since the last line, and the time left at the pace so far."""
        epoch = len(self.epochs)
        step = self._seconds() / ((epoch - self._first) * steps + done)
        loss = float(torch.stack(self._losses).mean())
        soon, late = (steps - done) * step, ((most - epoch) * steps - done) * step
        left = f"{readable(soon)} left of it, at most {readable(late)} of all"
        return f"{self.stage}  epoch {epoch + 1}/{most}  {done} of {steps} steps  loss {loss:.3f}  {left}"

    def _seconds(self) -> float:
        """Since this process began to train."""
        return time.monotonic() - self._started


def readable(seconds: float) -> str:
    """A duration as people say it: "8.4 s", "3 min 20 s", "2 h 05 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
