"""The truth check of the sample: what was measured on clips whose truth is known, against the targets."""

from __future__ import annotations

from typing import Any, NamedTuple

TARGETS = {
    "chords": (0.90, "share of the time with the right root and mode"),
    "key": (10 / 12, "share of clips with the right key"),
    "cuts": (0.95, "F1 of the cuts within half a second"),
    "emotion": (0.80, "share of seconds with the right mood"),
    "density": (0.80, "correlation of note density"),
    "loudness": (0.90, "correlation of loudness"),
}
"""The least that each figure must be, and what it is."""


class Check(NamedTuple):
    """One figure of the whole sample against its target."""

    name: str
    about: str
    value: float | None
    least: float

    @property
    def passed(self) -> bool:
        """Whether the target is reached; a figure that is missing does not reach it."""
        return self.value is not None and self.value >= self.least

    @property
    def shown(self) -> str:
        """The figure for people."""
        return "not measured" if self.value is None else f"{self.value:.3f}"

    @property
    def wanted(self) -> str:
        """The target for people."""
        return f"at least {self.least:.2f}"


def truth_checks(sample: dict[str, Any] | None) -> list[Check]:
    """The checks of reports/sample/metrics.json; none when it has no clip."""
    if not sample or not sample.get("clips"):
        return []
    total = sample["total"]
    return [Check(name, about, total.get(name), least) for name, (least, about) in TARGETS.items()]
