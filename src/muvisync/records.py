"""What is known of an item, and the file of such records: a line each, the last one of an id counts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

from muvisync.files import file_hash, temporary

OK, FILTERED, FAILED, PENDING = "ok", "filtered", "failed", "pending"


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
        """Read one line of a ledger; for a torn or foreign one ValueError, TypeError, KeyError or AttributeError."""
        values = json.loads(text)
        artifacts = {name: Artifact(**value) for name, value in values.pop("artifacts", {}).items()}
        return cls(**values | {"artifacts": artifacts, "notes": tuple(values.get("notes", ()))})

    def to_json(self) -> str:
        """One line, without the newline."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


class RecordFile(Mapping[str, Record]):
    """The records by id, in a file: in memory is only where a record's line begins, it is read when asked for.

    A reader keeps to the file as it found it, also when a writer has replaced it since.

    Attributes:
        torn: number of lines that a killed process left half written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = 0
        self._begins: dict[str, int] = {}
        self._stream: BinaryIO | None = None
        if path.exists():
            self._stream = path.open("rb")
            self._find_lines(self._stream)

    def _find_lines(self, stream: BinaryIO) -> None:
        begin = 0
        for line in stream:
            if line.strip():
                try:
                    self._begins[_to_record(line).id] = begin
                except (ValueError, TypeError, KeyError, AttributeError):
                    self.torn += 1
            begin += len(line)

    def __getitem__(self, name: str) -> Record:
        begin = self._begins[name]
        self._stream.seek(begin)
        return _to_record(self._stream.readline())

    def __contains__(self, name: object) -> bool:
        return name in self._begins

    def __iter__(self) -> Iterator[str]:
        return iter(self._begins)

    def __len__(self) -> int:
        return len(self._begins)

    def append(self, record: Record) -> None:
        """Add a record; it is on the disk when this returns."""
        with self.path.open("ab") as stream:
            begin = stream.tell()
            stream.write(_to_line(record))
            stream.flush()
            os.fsync(stream.fileno())
        self._begins[record.id] = begin
        self._stream = self._stream or self.path.open("rb")

    def replace(self, records: Iterable[Record]) -> None:
        """Write the file anew with these records only, each id once; they may come from this very file."""
        begins, begin = {}, 0
        with temporary(self.path) as draft, draft.open("wb") as stream:
            for record in records:
                begins[record.id] = begin
                begin += stream.write(_to_line(record))
        if self._stream:
            self._stream.close()
        self._begins, self._stream = begins, self.path.open("rb")


def _to_record(line: bytes) -> Record:
    return Record.from_json(line.decode("utf-8", errors="replace"))


def _to_line(record: Record) -> bytes:
    return (record.to_json() + "\n").encode()
