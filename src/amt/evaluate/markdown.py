"""Figures of a comparison as Markdown tables, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from amt.model import MODALITIES

_CHORDS = {"hits1": "Hits@1", "hits3": "Hits@3", "hits5": "Hits@5", "cross_entropy": "cross-entropy"}
_AFFECT = {"affective_loss": "affective loss", "correspondence": "correspondence"}
_LOOKS = {"other": "another video", "without all": "without all"} | {f"without {m}": f"without {m}" for m in MODALITIES}
_RHYTHM = {"rmse": "RMSE", "correlation": "correlation in a song", "std_ratio": "spread"}
_FREE = {
    "change_rate": "changes a second",
    "different": "chords a song",
    "returns": "patterns that return",
    "irregularity": "irregularity",
    "tonal_distance": "tonal distance",
}
_DIVERGENCES = {"chord_divergence": "divergence of chords", "transition_divergence": "of changes"}


def comparison_to_markdown(figures: dict[str, Any]) -> str:
    """All tables of what `compare` gave."""
    where = f"{figures['songs']} songs of the {figures['split']} split, {figures['seconds']} s"
    chords = _chord_parts(figures, where) if "chords" in figures else []
    return "\n\n".join([*chords, *(_rhythm_parts(figures, where) if figures["rhythm"] else [])])


def _chord_parts(figures: dict[str, Any], where: str) -> list[str]:
    parts = [
        f"The next chord, mean over songs ({where}):",
        _table(["", *_CHORDS.values(), "Hits@1, changes", "Hits@1, pooled", "calibration error"], _chord_rows(figures)),
        "The first minus the second, song by song:",
        _table(["", "Hits@1", "cross-entropy"], _pair_rows(figures)),
        "Chords and the picture's emotion:",
        _table(["", *_AFFECT.values()], _affect_rows(figures)),
        "What cross-entropy rises by with another video's features, and without some:",
        _table(["", *_LOOKS.values()], _look_rows(figures)),
    ]
    if figures["free_running"]:
        parts.append(f"Chords of their own making ({figures['free_running']['songs']} songs):")
        parts.append(_table(["", *_FREE.values(), *_DIVERGENCES.values()], _free_rows(figures["free_running"]["rows"])))
    return parts


def _rhythm_parts(figures: dict[str, Any], where: str) -> list[str]:
    return [
        f"Note density and loudness ({where}):",
        _table(["", "", *_RHYTHM.values()], _rhythm_rows(figures)),
        "What the error rises by with another video's features, and without some:",
        _table(["", "", *_LOOKS.values()], _rhythm_look_rows(figures)),
    ]


def _chord_rows(figures: dict[str, Any]) -> Iterator[list[str]]:
    for name, scores in figures["chords"].items():
        intervals = scores["interval"]
        yield [
            _named(name, figures),
            *(_figure(scores["all"][key], intervals["all"][key]) for key in _CHORDS),
            _figure(scores["changes"]["hits1"], intervals["changes"]["hits1"]),
            _figure(scores["pooled"]["all"]["hits1"], scores["pooled"]["interval"]["all"]["hits1"]),
            _figure(scores["calibration"]["error"], scores["calibration"]["interval"]),
        ]


def _pair_rows(figures: dict[str, Any]) -> Iterator[list[str]]:
    for name, others in figures["against"].items():
        for other, found in others.items():
            cells = (found.get(key, {}) for key in ("hits1", "cross_entropy"))
            yield [f"{name} - {other}", *(_figure(x.get("difference"), x.get("interval"), "+") for x in cells)]


def _affect_rows(figures: dict[str, Any]) -> Iterator[list[str]]:
    for name, scores in figures["chords"].items():
        if "affect" in scores["interval"]:
            yield [_named(name, figures), *(_figure(scores[key], scores["interval"]["affect"][key]) for key in _AFFECT)]


def _look_rows(figures: dict[str, Any]) -> Iterator[list[str]]:
    for name, control in figures["control"].items():
        parts = (control or {}).get("parts", {})
        changes = [parts.get(key, {}).get("cross_entropy", {}) for key in _LOOKS]
        yield [_named(name, figures), *(_figure(x.get("difference"), x.get("interval"), "+") for x in changes)]


def _free_rows(rows: dict[str, Any]) -> Iterator[list[str]]:
    for name, row in rows.items():
        figures = [_figure(row[key], row["interval"][key]) for key in _FREE]
        yield [name, *figures, *(_figure(row[key], None) for key in _DIVERGENCES)]


def _rhythm_rows(figures: dict[str, Any]) -> Iterator[list[str]]:
    for name, targets in figures["rhythm"].items():
        for target, entries in targets.items():
            for who, label in (("model", _named(name, figures)), ("mean", "mean of the training songs")):
                found = entries[who]
                yield [label, target, *(_figure(found[key], found["interval"].get(key)) for key in _RHYTHM)]


def _rhythm_look_rows(figures: dict[str, Any]) -> Iterator[list[str]]:
    for name, targets in figures["rhythm"].items():
        for target, entries in targets.items():
            changes = [entries.get(key, {}).get("change", {}).get("rmse", {}) for key in _LOOKS]
            cells = [_figure(x.get("difference"), x.get("interval"), "+", digits=4) for x in changes]
            yield [_named(name, figures), target, *cells]


def _named(name: str, figures: dict[str, Any]) -> str:
    seeds = figures["seeds"].get(name, 1)
    return f"{name} ({seeds} seeds)" if seeds > 1 else name


def _figure(value: float | None, interval: Sequence[float] | None, sign: str = "", digits: int = 3) -> str:
    if value is None:
        return "-"
    shape = f".{digits}f"
    return f"{value:{sign}{shape}}" + (f" ({interval[0]:{shape}} to {interval[1]:{shape}})" if interval else "")


def _table(head: Sequence[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
