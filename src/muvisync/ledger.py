"""Which items of a stage are done: one append-only JSONL file a stage, written by one process.

An item is done when its record says so *and* its artifacts verify. A record is bound to a hash of the item's input, of
the parameters the stage uses and of the extractor's version, so a change redoes exactly what it must.
The ledger lives outside DVC's outputs: attempts, seconds and messages differ from run to run, artifacts do not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from muvisync.files import file_hash, temporary

LEDGERS = Path("data/ledger")
OK, FILTERED, FAILED, PENDING = "ok", "filtered", "failed", "pending"
STATUSES = (OK, FILTERED, FAILED, PENDING)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that an item wrote. Size and mtime spare the hashing of a file that nobody touched."""

    sha256: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Artifact:
        """Describe the file at `path`. Raises FileNotFoundError."""
        stat = path.stat()
        return cls(file_hash(path), stat.st_size, stat.st_mtime_ns)

    def verifies(self, path: Path) -> bool:
        """Whether the file at `path` still has these bytes."""
        try:
            stat = path.stat()
        except FileNotFoundError:
            return False
        if stat.st_size != self.size:
            return False
        return stat.st_mtime_ns == self.mtime_ns or file_hash(path) == self.sha256


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one item of one stage; `key` binds it to input, parameters and extractor version."""

    id: str
    key: str
    status: str = PENDING
    reason: str = ""
    error: str = ""
    permanent: bool = False
    attempts: int = 0  # tries in all
    failures: int = 0  # runs that ended in failure: an outage that eats all tries of one run is one failure
    seconds: float = 0.0
    media_seconds: float = 0.0
    score: float | None = None
    notes: tuple[str, ...] = ()
    artifacts: dict[str, Artifact] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Read one line of a ledger. Raises ValueError, TypeError or KeyError for a torn or foreign line."""
        values = json.loads(text)
        artifacts = {name: Artifact(**value) for name, value in values.pop("artifacts", {}).items()}
        return cls(**values | {"artifacts": artifacts, "notes": tuple(values.get("notes", ()))})

    def to_json(self) -> str:
        """One line, without the newline."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


class Ledger:
    """The records of one stage, the last one of an id counts."""

    def __init__(self, stage: str, folder: Path = LEDGERS) -> None:
        self.path = Path(folder) / f"{stage}.jsonl"
        self.torn = 0  # lines that a killed process left half written
        self.records: dict[str, Record] = {}
        for line in self._lines():
            try:
                record = Record.from_json(line)
            except (ValueError, TypeError, KeyError, AttributeError):
                self.torn += 1
            else:
                self.records[record.id] = record

    def _lines(self) -> Iterator[str]:
        if self.path.exists():
            with self.path.open(encoding="utf-8", errors="replace") as stream:
                yield from (line for line in stream if line.strip())

    def begin(self, keys: dict[str, str], attempts: int, check: Callable[[list[str]], None] | None = None) -> list[str]:
        """Take up `keys` (item id -> key): forget other items, return the ids that are to be done, in order.

        A record with another key starts afresh. A failed one is taken up again while it is not permanent and has
        failed in fewer than `attempts` runs; after that it stays quarantined until `muvisync retry`.

        Args:
            check: called with the ids that are to be done; what it raises leaves the ledger as it was.
        """
        kept = {name: self.records.get(name) for name in keys}
        records = {
            name: record if record and record.key == keys[name] else Record(name, keys[name])
            for name, record in kept.items()
        }
        todo = [name for name, record in records.items() if not self._settled(record, attempts)]
        if check:
            check(todo)
        self.records = records | {name: replace(records[name], status=PENDING) for name in todo}
        self._rewrite()
        return todo

    def _settled(self, record: Record, attempts: int) -> bool:
        if record.status == OK:
            return all(artifact.verifies(Path(name)) for name, artifact in record.artifacts.items())
        if record.status == FAILED:
            return record.permanent or record.failures >= attempts
        return record.status == FILTERED

    def append(self, record: Record) -> None:
        """Record an outcome; it is on the disk when this returns."""
        self.records[record.id] = record
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(record.to_json() + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def retry(self, also: Iterable[str] = ()) -> list[str]:
        """Make the failed items, and those of `also` whatever became of them, pending again; return their ids."""
        wanted = set(also)
        names = [r.id for r in self.records.values() if r.status == FAILED or r.id in wanted]
        self.records |= {name: Record(name, self.records[name].key) for name in names}
        self._rewrite()
        return names

    def _rewrite(self) -> None:
        with temporary(self.path) as draft, draft.open("w", encoding="utf-8") as stream:
            stream.writelines(record.to_json() + "\n" for record in self.records.values())

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

    def artifacts(self) -> set[Path]:
        """The files of all items that are ok."""
        return {Path(name) for record in self.of_status(OK) for name in record.artifacts}
