"""The data card's figures as a page for people: reports/dataset/card.md."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import Any

_LISTED = 12
_PIPE, _LINE = "\\|", "\n"


def card_text(card: dict[str, Any]) -> str:
    """Markdown of the figures that `count_dataset` gives; the same figures give the same text."""
    return _LINE.join([*_head(card), *_contents(card), *_features(card), *_quality(card["quality"]), *_origin(card)])


def _head(card: dict[str, Any]) -> Iterator[str]:
    yield "# Data card"
    yield ""
    yield (
        f"{card['videos']:,} videos, {card['hours']:.2f} hours, a row a second: what is seen (CLIP embedding, emotion, "
        "motion, scenes) beside what is heard (chord, loudness, note density)."
    )
    yield ""
    yield "This page is written by the stage `dataset` from the data themselves; the figures are in metrics.json."
    yield ""


def _contents(card: dict[str, Any]) -> Iterator[str]:
    yield from _table(
        "Splits",
        ("split", "videos", "hours"),
        [(name, card["splits"].get(name, 0), f"{hours:.2f}") for name, hours in card["hours_by_split"].items()],
        "A video's split is a stable function of its id; published songs keep the split of their release (v1).",
    )
    yield from _table("Where the videos come from", ("features", "videos"), card["provenance"].items())
    yield from _table(
        "Licences",
        ("licence", "videos"),
        card["licenses"].items(),
        "As the catalog says; `unknown` where it says nothing. The published release names no licence of its songs.",
    )
    yield from _table("Keys", ("key", "videos"), _commonest(card["keys"]))
    yield from _table("Chords", ("chord", "seconds"), _commonest(card["chords"]), "In the original key.")
    yield from _table("Emotions", ("strongest emotion", "seconds"), card["emotions"].items())


def _features(card: dict[str, Any]) -> Iterator[str]:
    rows = [(name, count, _percent(count, card["seconds"])) for name, count in card["seconds_present"].items()]
    missing = f"{card['without_music']} videos without music, {card['without_picture']} without a picture, "
    missing += f"{card['without_key']} without a key. What a video lacks is null, never zero."
    yield from _table("What is there", ("feature", "seconds", "share"), rows, missing)


def _quality(quality: dict[str, Any]) -> Iterator[str]:
    yield from _table("Considered", ("decision", "videos"), quality["decisions"].items())
    yield from _table("Left out", ("reason", "videos"), quality["left_out"].items())
    names = ("filter", "mode", "threshold", "measured", "poor", "lowest", "median", "highest")
    rows = [
        (
            name,
            *(figures.get(column, "") if figures["mode"] != "off" or column == "mode" else "" for column in names[1:]),
        )
        for name, figures in quality["filters"].items()
    ]
    yield from _table(
        "Quality filters", names, rows, "Scores of all videos, also of those left out, are in quality.parquet."
    )


def _origin(card: dict[str, Any]) -> Iterator[str]:
    yield from _table("Picture encoder", ("encoder", "videos"), card["encoders"].items())
    yield from _table("Extractors", ("version", "videos"), card["extractors"].items())


def _table(title: str, names: Iterable[str], rows: Iterable[Iterable[Any]], note: str = "") -> Iterator[str]:
    names, rows = list(names), [list(row) for row in rows]
    yield f"## {title}"
    yield ""
    if rows:
        yield f"| {' | '.join(names)} |"
        yield f"|{'---|' * len(names)}"
        yield from (f"| {' | '.join(map(_cell, row + [''] * (len(names) - len(row))))} |" for row in rows)
    else:
        yield "None."
    yield ""
    if note:
        yield note
        yield ""


def _cell(value: Any) -> str:
    """Text of a cell; what comes from a catalogue can be neither HTML nor a new cell."""
    if isinstance(value, int):
        return f"{value:,}"
    return html.escape(" ".join(str(value).split())).replace("|", _PIPE)


def _commonest(counts: dict[str, int]) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = ordered[_LISTED:]
    return ordered[:_LISTED] + ([(f"{len(rest)} others", sum(count for _, count in rest))] if rest else [])


def _percent(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else ""
