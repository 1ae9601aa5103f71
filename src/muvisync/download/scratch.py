"""A folder for each fetch in progress: kept after a drop so that the next attempt resumes, else deleted."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from muvisync.errors import Transient
from muvisync.stage import Item

SCRATCH = Path("data/cache/download")


@contextmanager
def scratch(item: Item) -> Iterator[Path]:
    """Yield the item's folder; it goes away at the end, except after Transient."""
    folder = _folder(item)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    except Transient:
        raise  # what has arrived is resumed
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def forget_others(items: Iterable[Item]) -> None:
    """Delete what is left of fetches that no item asks for any more."""
    wanted = {_folder(item) for item in items}
    if SCRATCH.is_dir():
        for folder in SCRATCH.iterdir():
            if folder not in wanted:
                shutil.rmtree(folder)


def _folder(item: Item) -> Path:
    # bound to the fetch: what is left of another source under the same id is never resumed
    return SCRATCH / f"{item.id}.{item.payload['fetch'][:16]}"
