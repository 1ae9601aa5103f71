"""The state of an unfinished training, from which a killed run goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pytorch_lightning import Callback, LightningModule, Trainer

from muvisync.files import read_json, write_json

CACHE = Path("data/cache/train")
_IDENTITY, _LAST = "identity.json", "last.ckpt"


class TrainingState:
    """A folder of checkpoints that belongs to one dataset and one set of parameters.

    Args:
        folder: holds Lightning's checkpoints; outside DVC's outputs.
        identity: hashes of what the result depends on; another identity means another training.
    """

    def __init__(self, folder: Path, identity: dict[str, str]) -> None:
        self.folder, self.identity = folder, identity

    def find(self, say: Callable[[str], None]) -> Path | None:
        """The checkpoint to go on from, or None; says which. It changes nothing: all processes must find the same."""
        last = self.folder / _LAST
        if last.is_file():
            known = read_json(self.folder / _IDENTITY) if (self.folder / _IDENTITY).is_file() else {}
            changed = [name for name, value in self.identity.items() if known.get(name) != value]
            if not changed:
                say("an unfinished training is there, going on from its last epoch")
                return last
            say(f"an unfinished training is there, but {' and '.join(changed)} changed: starting afresh")
        return None

    def begin(self) -> None:
        """Make a clean folder for a new training."""
        self.end()
        write_json(self.folder / _IDENTITY, self.identity)

    def end(self) -> None:
        """Forget the training."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Beginning(Callback):
    """Makes the folder of a new training, by one process and once all of them know that it is a new one."""

    def __init__(self, state: TrainingState) -> None:
        self.state = state

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        trainer.strategy.barrier()
        if trainer.is_global_zero:
            self.state.begin()
        trainer.strategy.barrier()
