"""`python -m tests.faults.fault_stage STAGE`: a stage that notes the start and the end of every item in work.log."""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib import import_module
from pathlib import Path

from muvisync.errors import run_main
from muvisync.ledger import FILTERED, OK, Ledger, Record
from muvisync.stage import Done, Item

LOG = Path("work.log")


def note(*words: str) -> None:
    """Add a line; one write, so that the lines of several processes do not mix."""
    handle = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, (" ".join(words) + "\n").encode())
    os.close(handle)


def noted(stage: str, work: object, item: Item) -> Done:
    """Do the item's work, noting its start; runs in a worker."""
    note("start", stage, item.id)
    return work(item)


def main(stage: str) -> None:
    """Run the stage in the current folder."""
    module = import_module(f"muvisync.{stage}.__main__")
    run_items, append = getattr(module, "run_items", None), Ledger.append
    if run_items:
        module.run_items = lambda plan, items, work: run_items(plan, items, partial(noted, stage, work))

    def append_and_note(ledger: Ledger, record: Record) -> None:
        append(ledger, record)
        if record.status in (OK, FILTERED):
            note("done", ledger.path.stem, record.id)

    Ledger.append = append_and_note
    run_main(module.main)


if __name__ == "__main__":
    from tests.faults import fault_stage  # under its own name, so that workers find what they are to do

    fault_stage.main(sys.argv[1])
