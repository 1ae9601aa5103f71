"""Trainings that die on the way."""

from __future__ import annotations

import pytest

from amt.train.history import History


class Killed(Exception):
    """Stands for a kill -9."""


def kill_after(monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    """Let the next training die at the start of the epoch after `epochs`."""
    original = History.on_train_epoch_start

    def die(self, trainer, pl_module):
        if trainer.current_epoch == epochs:
            raise Killed
        original(self, trainer, pl_module)

    monkeypatch.setattr(History, "on_train_epoch_start", die)
