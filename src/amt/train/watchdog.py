"""Ends a training that stands still, and says where it stood: a rank that waits for a dead one would wait for ever."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

STACKS = Path("data/cache/stacks")
HUNG, ORPHANED = 75, 76
"""Exit statuses."""
_LOOK = 0.5  # seconds between two looks


class Watchdog(Callback):
    """A thread that ends this process when no batch is finished for `patience` seconds, or its launcher is gone.

    Before that the stacks of all threads go to data/cache/stacks/<stage>-rank<n>.txt.

    Args:
        patience: seconds; 0: it may take as long as it likes.
        launcher: id of the process that started all ranks, if there is one.
    """

    def __init__(self, stage: str, patience: float, launcher: int | None) -> None:
        self.stage, self.patience, self.launcher = stage, patience, launcher
        self._beat = time.monotonic()
        self._ended = threading.Event()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        self._beat = time.monotonic()
        threading.Thread(target=self._watch, args=(trainer.global_rank,), daemon=True, name="watchdog").start()

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        self._ended.set()

    def on_train_batch_end(self, *_: Any) -> None:
        self._beat = time.monotonic()

    def on_validation_batch_end(self, *_: Any) -> None:
        self._beat = time.monotonic()

    def _watch(self, rank: int) -> None:
        while not self._ended.wait(_LOOK):
            if self.launcher is not None and os.getppid() != self.launcher:
                os._exit(ORPHANED)
            if self.patience and time.monotonic() - self._beat > self.patience:
                self._end(rank)

    def _end(self, rank: int) -> None:
        path = STACKS / f"{self.stage}-rank{rank}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as stream:
            faulthandler.dump_traceback(stream, all_threads=True)
        print(
            f"error: {self.stage}: no step was finished for {self.patience:g} s on rank {rank}; where it stood is in "
            f"{path}. Run again: it goes on from its last epoch",
            file=sys.stderr,
            flush=True,
        )
        os._exit(HUNG)  # the main thread hangs: nothing softer would reach it
