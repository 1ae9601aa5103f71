"""What is known of a published run."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

SAID = {"promote": "promoted", "reject": "rejected", "unchanged": "unchanged"}
"""The verdicts, and how people say them."""


@dataclass(frozen=True)
class RunEntry:
    """A run on the front page.

    Attributes:
        id: number and hash of the decision; the folder's name begins with it.
        time: of the decision, ISO 8601.
        verdict: promote, reject or unchanged; `reasons` say why.
        version: that the candidate became; None where it was not promoted.
        champion: the version that makes music after the run.
        commit: that belongs to it.
        metrics: figures of the candidate; one that is no number is left out.
        data: size of the dataset: videos, seconds.
    """

    id: str
    time: str
    verdict: str
    reasons: list[str]
    version: str | None
    champion: str | None
    commit: str | None
    metrics: dict[str, float]
    data: dict[str, float]

    @property
    def number(self) -> str:
        """Of the decision, for people."""
        return self.id.partition("-")[0]

    @property
    def order(self) -> tuple[int, str]:
        """By this the newest run is the largest."""
        return (int(self.number) if self.number.isdecimal() else 0, self.id)


@dataclass(frozen=True)
class PublishedRun:
    """A run that lies in the store, whole.

    Attributes:
        folder: its name below runs/.
        files: path -> [bytes, SHA-256] of every file of its report.
    """

    folder: str
    entry: RunEntry
    files: dict[str, list[Any]]

    def to_json(self) -> dict[str, Any]:
        """For run.json."""
        entry = asdict(self.entry) | {"metrics": _finite(self.entry.metrics), "data": _finite(self.entry.data)}
        return {"folder": self.folder, "entry": entry, "files": self.files}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> PublishedRun:
        """Raises KeyError, TypeError or ValueError for what is no run of ours."""
        entry = RunEntry(**value["entry"])
        if entry.verdict not in SAID or _finite(entry.metrics) != entry.metrics or _finite(entry.data) != entry.data:
            raise ValueError("no entry of ours")
        return cls(value["folder"], entry, value["files"])


def _finite(figures: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if math.isfinite(value)}
