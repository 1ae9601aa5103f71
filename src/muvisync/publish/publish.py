"""Reports into a store: first all files of the run, then what says that it is whole, then what leads to it.

runs/<id>/...        the report of a run, never changed once it is whole
runs/<id>/run.json   what the run came to, and every file with its hash; a run counts once this is there
index.html           all runs and trends
latest.json          what the newest run came to and where its report lies, for programs
latest/index.html    leads to the newest run; one small file, so that it always leads to a whole report
"""

from __future__ import annotations

import hashlib
import json
import re
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
    """Where a report is now: `written` counts the files that were not there yet, `kept` the run's that were."""

    page: str
    latest: str
    written: int
    kept: int

    @property
    def sentence(self) -> str:
        """For people."""
        if not self.written:
            return f"{self.page} was published before; nothing has changed"
        return f"published: {self.page} ({self.written} files written, {self.kept} were there)"


def publish(reports: Path, address: str, entry: RunEntry, say: Callable[[str], None] = lambda line: None) -> Published:
    """Publish a folder of reports. A second time changes nothing; a killed one is completed.

    Args:
        address: of the store, see `Store`.
        say: gets a line for each file that is sent.

    Raises:
        UserError: there is no report, or the store can't be written; what was published before is untouched.
    """
    store = Store(address)
    files = _list_files(reports)
    _refuse_nested(reports, store)
    run = _choose_folder(store, entry, files)
    sent, written = _complete(store, reports, run, say)
    runs = read_runs(store)
    ways = {
        "index.html": front_page(runs),
        "latest.json": _to_json({"page": f"runs/{runs[0].folder}/index.html"} | runs[0].to_json()["entry"]),
        "latest/index.html": latest_page(runs[0]),
    }
    written += sum(store.write_changed(path, text.encode()) for path, text in ways.items())
    page = store.address(f"runs/{run.folder}/index.html")
    return Published(page, store.address("latest/index.html"), written, len(files) - sent)


def read_runs(store: Store) -> list[PublishedRun]:
    """The whole runs of a store, the newest first; of a decision that was published anew, the last one."""
    found: dict[str, PublishedRun] = {}
    for folder in store.list_folders("runs"):
        run = _read_run(store, folder)
        if run:
            known = found.get(run.entry.id)
            found[run.entry.id] = max(known, run, key=lambda each: _number(each.folder)) if known else run
    return sorted(found.values(), key=lambda run: run.entry.order, reverse=True)


def _complete(store: Store, reports: Path, run: PublishedRun, say: Callable[[str], None]) -> tuple[int, int]:
    """Put into the store what the run's folder lacks; the number of files of the report, and of all."""
    about = _to_json(run.to_json()).encode()
    whole = store.read(f"runs/{run.folder}/{_ABOUT}") == about
    missing = _missing(store, reports, run, whole)
    for number, name in enumerate(missing, start=1):
        say(f"{number} of {len(missing)} files: {name}")
        store.write(f"runs/{run.folder}/{name}", _read(reports / name, run.files[name][1]))
    if not whole:
        store.write(f"runs/{run.folder}/{_ABOUT}", about)
    return len(missing), len(missing) + (not whole)


def _missing(store: Store, reports: Path, run: PublishedRun, whole: bool) -> list[str]:
    """The files that are not there; `whole`: run.json vouches for their bytes, so that the sizes are enough."""
    there = store.list_files(f"runs/{run.folder}")

    def is_there(name: str, size: int) -> bool:
        same = name in there and there[name]["size"] == size
        return same and (whole or store.vouches(there[name], reports / name))

    return [name for name, (size, _) in run.files.items() if not is_there(name, size)]


def _read(path: Path, sha256: str) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UserError(f"{path} changed while it was published; publish again when nothing works on the reports")
    return data


def _list_files(reports: Path) -> dict[str, list[object]]:
    if not (reports / "index.html").is_file():
        raise UserError(f"{reports} has no index.html to publish; `muvisync run` makes it")
    paths = sorted(path for path in reports.rglob("*") if path.is_file())
    kept = [path for path in paths if not any(is_temporary(Path(part)) for part in path.relative_to(reports).parts)]
    files = {path.relative_to(reports).as_posix(): [path.stat().st_size, file_hash(path)] for path in kept}
    if _ABOUT in files:
        raise UserError(f"{reports / _ABOUT} has the name of what is published about a run; rename it")
    return files


def _refuse_nested(reports: Path, store: Store) -> None:
    if store.folder is None:
        return
    inside, outside = store.folder.resolve(), reports.resolve()
    if inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise UserError(f"{store.name} and {reports} lie in each other; publish to a folder of its own")


def _choose_folder(store: Store, entry: RunEntry, files: dict[str, list[object]]) -> PublishedRun:
    """The folder that has this report or may get it: a whole one with another report is left as it is."""
    if not re.fullmatch(r"\w[\w-]*", entry.id):
        raise UserError(f"{entry.id!r} is no name for a run; letters, digits and - make one")
    taken = set(store.list_folders("runs"))
    number = 1
    while True:
        folder = entry.id if number == 1 else f"{entry.id}.{number}"
        there = _read_run(store, folder) if folder in taken else None
        if there is None or there.files == files:
            return PublishedRun(folder, there.entry if there else entry, files)
        number += 1


def _read_run(store: Store, folder: str) -> PublishedRun | None:
    data = store.read(f"runs/{folder}/{_ABOUT}")
    try:
        return PublishedRun.from_json(json.loads(data)) if data else None
    except (ValueError, KeyError, TypeError):  # of another program
        return None


def _to_json(value: dict) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _number(folder: str) -> int:
    tail = folder.rpartition(".")[2]
    return int(tail) if tail.isdigit() else 1
