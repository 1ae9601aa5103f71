"""What a run shows while it learns: a line an epoch for people, and DVCLive's plots for the report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from dvclive import Live
from pytorch_lightning import Callback, LightningModule, Trainer

_DIGITS = 6  # of a logged figure


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
        self._started = 0.0

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
        if trainer.is_global_zero:
            # its defaults would rewrite dvc.yaml and save an experiment in Git
            self._live = Live(dir=str(self.folder), dvcyaml=False, save_dvc_exp=False)
            for (
                figures
            ) in self.epochs:  # of the run that was killed; written anew, so the files never hold an epoch twice
                self._log(figures)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.epochs.append({name: round(float(value), _DIGITS) for name, value in trainer.callback_metrics.items()})
        if self._live:
            self._log(self.epochs[-1])
            print(self._line(trainer.max_epochs or 0), flush=True)

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
        each = (time.monotonic() - self._started) / (done - self._first)
        figures = "  ".join(f"{name} {value:.3f}" for name, value in sorted(latest.items()))
        left = f"at most {(most - done) * each:.0f} s left"
        return f"{self.stage}  epoch {done}/{most}  {figures}  (best: {self.best})  {each:.1f} s an epoch, {left}"
