"""Which items of a stage are done: one append-only JSONL file a stage, written by one process.

An item is done when its record says so *and* its artifacts verify. A record is bound to a hash of the item's input, of
the parameters the stage uses and of the extractor's version, so a change redoes exactly what it must.
The ledger lives outside DVC's outputs: attempts, seconds and messages differ from run to run, artifacts do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from muvisync.files import file_hash
from muvisync.records import FAILED, FILTERED, OK, PENDING, Artifact, Record, RecordFile

__all__ = ["FAILED", "FILTERED", "LEDGERS", "OK", "PENDING", "STATUSES", "Artifact", "Ledger", "Record"]

LEDGERS = Path("data/ledger")
STATUSES = (OK, FILTERED, FAILED, PENDING)


class Ledger:
    """The records of one stage. They stay on the disk: `records` reads what it is asked for."""

    def __init__(self, stage: str, folder: Path = LEDGERS) -> None:
        self.path = Path(folder) / f"{stage}.jsonl"
        self.records = RecordFile(self.path)

    @property
    def torn(self) -> int:
        """Number of lines that a killed process left half written."""
        return self.records.torn

    def begin(self, keys: dict[str, str], attempts: int, check: Callable[[list[str]], None] | None = None) -> list[str]:
        """Take up `keys` (item id -> key): forget other items, return the ids that are to be done, in order.

        A record with another key starts afresh. A failed one is taken up again while it is not permanent and has
        failed in fewer than `attempts` runs; after that it stays quarantined until `muvisync retry`.

        Args:
            check: called with the ids that are to be done; what it raises leaves the ledger as it was.
        """
        todo = [name for name, key in keys.items() if not self._settled(self._taken_up(name, key), attempts)]
        if check:
            check(todo)
        pending = set(todo)
        records = (self._taken_up(name, key) for name, key in keys.items())
        self.records.replace(replace(r, status=PENDING) if r.id in pending else r for r in records)
        return todo

    def _taken_up(self, name: str, key: str) -> Record:
        record = self.records.get(name)
        return record if record and record.key == key else Record(name, key)

    def _settled(self, record: Record, attempts: int) -> bool:
        if record.status == OK:
            return all(artifact.verifies(Path(name)) for name, artifact in record.artifacts.items())
        if record.status == FAILED:
            return record.permanent or record.failures >= attempts
        return record.status == FILTERED

    def append(self, record: Record) -> None:
        """Record an outcome; it is on the disk when this returns."""
        self.records.append(record)

    def retry(self, also: Iterable[str] = ()) -> list[str]:
        """Make the failed items, and those of `also` whatever became of them, pending again; return their ids."""
        wanted = set(also)
        names = [r.id for r in self.records.values() if r.status == FAILED or r.id in wanted]
        again = set(names)
        self.records.replace(Record(r.id, r.key) if r.id in again else r for r in self.records.values())
        return names

    def counts(self) -> Counter[str]:
        """How many records have each status."""
        return Counter(record.status for record in self.records.values())

    def of_status(self, status: str) -> list[Record]:
        """The records with this status, sorted by id."""
        return sorted((r for r in self.records.values() if r.status == status), key=lambda record: record.id)

    def hash_of(self, item: str, path: Path) -> str | None:
        """SHA-256 of an item's artifact, from the record where the file is untouched; None when there is no file."""
        if not path.exists():
            return None
        known = self.records[item].artifacts.get(str(path)) if item in self.records else None
        stat = path.stat()
        if known and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return known.sha256
        return file_hash(path)

    def artifacts(self) -> Iterator[Path]:
        """The files of all items that are ok."""
        return (Path(name) for r in self.records.values() if r.status == OK for name in r.artifacts)
