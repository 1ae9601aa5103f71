"""Reports into a store: first all files of the run, then what says that it is whole, then what leads to it.

runs/<id>/...        the report of a run, never changed once it is whole
runs/<id>/run.json   what the run came to, and every file with its hash; a run counts once this is there
index.html           all runs and trends
latest/index.html    leads to the newest run; one small file, so that it always leads to a whole report
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from muvisync.errors import UserError
from muvisync.files import file_hash, is_temporary
from muvisync.publish.entry import PublishedRun, RunEntry
from muvisync.publish.front_page import front_page, latest_page
from muvisync.publish.store import Store

_ABOUT = "run.json"


@dataclass(frozen=True)
class Published:
    """Where a report is now; `written` counts the files that were not there yet."""

    page: str
    latest: str
    written: int


def publish(reports: Path, address: str, entry: RunEntry, say: Callable[[str], None] = lambda line: None) -> Published:
    """Publish a folder of reports. A second time changes nothing; a killed one is completed.

    Args:
        address: of the store, see `Store`.
        say: gets a line now and then.

    Raises:
        UserError: there is no report, or the store can't be written; what was published before is untouched.
    """
    store = Store(address)
    files = _list_files(reports)
    _refuse_nested(reports, store)
    run = _choose_folder(store, entry, files)
    written = 0
    if not _is_whole(store, run):
        for number, name in enumerate(run.files, start=1):
            say(f"{number} of {len(run.files)} files: {name}")
            store.write(f"runs/{run.folder}/{name}", (reports / name).read_bytes())
        store.write(f"runs/{run.folder}/{_ABOUT}", _to_bytes(run))
        written = len(run.files) + 1
    runs = read_runs(store)
    written += store.write_changed("index.html", front_page(runs).encode())
    written += store.write_changed("latest/index.html", latest_page(newest(runs)).encode())
    return Published(store.address(f"runs/{run.folder}/index.html"), store.address("latest/index.html"), written)


def read_runs(store: Store) -> list[PublishedRun]:
    """The whole runs of a store, the newest first; of a decision that was published anew, the last one."""
    found: dict[str, PublishedRun] = {}
    for folder in store.list_folders("runs"):
        run = _read_run(store, folder)
        if run:
            known = found.get(run.entry.id)
            found[run.entry.id] = max(known, run, key=lambda each: _number(each.folder)) if known else run
    return sorted(found.values(), key=lambda run: run.entry.id, reverse=True)


def newest(runs: list[PublishedRun]) -> PublishedRun:
    """The run that `latest` leads to."""
    return runs[0]


def _list_files(reports: Path) -> dict[str, list[object]]:
    if not (reports / "index.html").is_file():
        raise UserError(f"{reports} has no index.html to publish; `muvisync run` makes it")
    paths = sorted(path for path in reports.rglob("*") if path.is_file())
    kept = [path for path in paths if not any(is_temporary(Path(part)) for part in path.relative_to(reports).parts)]
    return {path.relative_to(reports).as_posix(): [path.stat().st_size, file_hash(path)] for path in kept}


def _refuse_nested(reports: Path, store: Store) -> None:
    if store.folder is None:
        return
    inside, outside = store.folder.resolve(), reports.resolve()
    if inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise UserError(f"{store.name} and {reports} lie in each other; publish to a folder of its own")


def _choose_folder(store: Store, entry: RunEntry, files: dict[str, list[object]]) -> PublishedRun:
    """The folder that has this report or may get it: a whole one with another report is left as it is."""
    taken = set(store.list_folders("runs"))
    number = 1
    while True:
        folder = entry.id if number == 1 else f"{entry.id}.{number}"
        there = _read_run(store, folder) if folder in taken else None
        if there is None or there.files == files:
            return PublishedRun(folder, there.entry if there else entry, files)
        number += 1


def _is_whole(store: Store, run: PublishedRun) -> bool:
    return store.read(f"runs/{run.folder}/{_ABOUT}") == _to_bytes(run)


def _read_run(store: Store, folder: str) -> PublishedRun | None:
    data = store.read(f"runs/{folder}/{_ABOUT}")
    try:
        return PublishedRun.from_json(json.loads(data)) if data else None
    except (ValueError, KeyError, TypeError):  # of another program
        return None


def _to_bytes(run: PublishedRun) -> bytes:
    return (json.dumps(run.to_json(), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _number(folder: str) -> int:
    tail = folder.rpartition(".")[2]
    return int(tail) if tail.isdigit() else 1
