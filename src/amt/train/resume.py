"""The state of an unfinished training, from which a killed run goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

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

    def begin(self, stage: str) -> Path | None:
        """The checkpoint to go on from, or None after making a clean folder; says which."""
        last = self.folder / _LAST
        if last.is_file():
            known = read_json(self.folder / _IDENTITY) if (self.folder / _IDENTITY).is_file() else {}
            changed = [name for name, value in self.identity.items() if known.get(name) != value]
            if not changed:
                print(f"{stage}  an unfinished training is there, going on from its last epoch", flush=True)
                return last
            print(
                f"{stage}  an unfinished training is there, but {' and '.join(changed)} changed: starting afresh",
                flush=True,
            )
        self.end()
        write_json(self.folder / _IDENTITY, self.identity)
        return None

    def end(self) -> None:
        """Forget the training."""
        shutil.rmtree(self.folder, ignore_errors=True)
