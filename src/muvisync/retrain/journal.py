"""Which of the last steps of a run are done, so that a killed one is taken up and none is done twice."""

from __future__ import annotations

from pathlib import Path

from muvisync.files import read_json, write_json

JOURNAL = Path("data/cache/retrain/steps.json")


class Journal:
    """The steps that were done for one decision; those of another decision are forgotten.

    Attributes:
        begun: whether the steps of this decision are this machine's: a clone has the decisions of others.
    """

    def __init__(self, decision: str, path: Path = JOURNAL) -> None:
        self.decision, self.path = decision, path
        found = read_json(path) if path.exists() else {}
        self.begun = found.get("decision") == decision
        self._done: dict[str, str] = found["done"] if self.begun else {}

    def begin(self) -> None:
        """This machine is to do the steps; it is on the disk when this returns."""
        if not self.begun:
            self._write()

    def has(self, step: str, what: str = "") -> bool:
        """Whether `step` was done with `what` (an address, say)."""
        return self._done.get(step) == what

    def add(self, step: str, what: str = "") -> None:
        """`step` is done; it is on the disk when this returns."""
        self._done[step] = what
        self._write()

    def _write(self) -> None:
        write_json(self.path, {"decision": self.decision, "done": self._done})
        self.begun = True
