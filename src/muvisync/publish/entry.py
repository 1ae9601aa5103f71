"""What is known of a published run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


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
        metrics: figures of the candidate.
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
        return {"folder": self.folder, "entry": asdict(self.entry), "files": self.files}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> PublishedRun:
        """Raises KeyError or TypeError for what is no run of ours."""
        return cls(value["folder"], RunEntry(**value["entry"]), value["files"])
