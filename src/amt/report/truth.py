"""The truth check of the sample: what was measured on clips whose truth is known, against the targets."""

from __future__ import annotations

from typing import Any, NamedTuple


class Figure(NamedTuple):
    """A figure of reports/sample/metrics.json: its name for people, what it is, and the least that it must be."""

    name: str
    about: str
    least: float | None


FIGURES = {
    "chords_root": Figure("chord roots", "share of the time with the right root", 0.90),
    "chords_majmin": Figure("chords", "share of the time with the right root and mode, major or minor", 0.90),
    "key_right": Figure("keys", "share of the clips with the right key", 10 / 12),
    "cuts_f1": Figure("cuts", "F1 of the cuts within half a second", 0.95),
    "emotion_accuracy": Figure("moods", "share of the seconds with the right mood", 0.80),
    "density_correlation": Figure("note density", "correlation with the notes that were played", 0.80),
    "loudness_correlation": Figure("loudness", "correlation with the sound that was rendered", 0.90),
    "motion_correlation": Figure("motion", "correlation with the motion that was drawn", None),
}


class Check(NamedTuple):
    """One figure of the whole sample against its target."""

    figure: Figure
    value: float | None

    @property
    def passed(self) -> bool:
        """Whether the target is reached; a figure that is missing does not reach it."""
        return self.value is not None and self.value >= self.figure.least

    @property
    def shown(self) -> str:
        """The figure for people."""
        return "not measured" if self.value is None else f"{self.value:.3f}"

    @property
    def wanted(self) -> str:
        """The target for people."""
        return f"at least {self.figure.least:.2f}"


def truth_checks(sample: dict[str, Any] | None) -> list[Check]:
    """The checks of reports/sample/metrics.json; none when it has no clip."""
    if not sample or not sample.get("clips"):
        return []
    total = dict(sample["total"])
    if total.get("key_total"):  # a count there, a share here
        total["key_right"] /= total["key_total"]
    return [Check(figure, total.get(name)) for name, figure in FIGURES.items() if figure.least is not None]
