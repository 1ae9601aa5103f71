"""What the gate decided of a candidate, and why: a JSON file of each decision, kept in Git."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from muvisync.errors import UserError
from muvisync.files import read_json, write_json

REGISTRY = Path("models/registry")
DECISIONS = REGISTRY / "decisions"

Verdict = Literal["promote", "reject", "unchanged"]
_SAID = {"promote": "promoted", "reject": "rejected", "unchanged": "unchanged"}


@dataclass(frozen=True)
class Check:
    """One thing that the gate looked at; a figure that is not a number is None."""

    name: str
    candidate: float | None
    champion: float | None
    wanted: str
    passed: bool


@dataclass(frozen=True)
class Decision:
    """What the gate decided.

    Attributes:
        id: number and hash of what was compared: the same comparison has the same hash.
        verdict: "unchanged" when the candidate is the champion.
        breaking: whether the champion can't read what the candidate reads, so that the next version is a major one.
        reasons: sentences.
        candidate: model -> SHA-256 of its weights.
        champion: the same of the champion, and its version; None where there is none.
        dataset: hash of the dataset.
        songs: how many were compared, of which split.
        gate: the section retrain.gate.
        figures: of "candidate" and "champion", by name.
    """

    id: str
    verdict: Verdict
    breaking: bool
    reasons: list[str]
    checks: list[Check]
    candidate: dict[str, str]
    champion: dict[str, str] | None
    dataset: str
    songs: int
    split: str
    gate: dict[str, Any]
    figures: dict[str, dict[str, float | None]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Its file."""
        return DECISIONS / f"{self.id}.json"

    @property
    def sentence(self) -> str:
        """Verdict and reasons, for people."""
        return f"candidate {self.id} {_SAID[self.verdict]}: {'; '.join(self.reasons)}"


def write_decision(decision: Decision) -> Path:
    """Write the decision's file and return its path."""
    write_json(decision.path, asdict(decision))
    return decision.path


def read_decision(path: Path) -> Decision:
    """Read a decision. Raises UserError for a file that holds none."""
    try:
        values = read_json(path)
        return Decision(**values | {"checks": [Check(**check) for check in values["checks"]]})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path} holds no decision ({error}); restore it with `git checkout {path}`") from error


def decisions() -> list[Decision]:
    """All decisions, the oldest first."""
    return [read_decision(path) for path in sorted(DECISIONS.glob("[0-9]*.json"))]
