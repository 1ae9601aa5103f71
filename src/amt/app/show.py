"""Results and notices as HTML; every word that comes from outside is escaped by `tag`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from amt.app.ask import Result
from amt.app.take import clock
from amt.generate.picture import timeline_to_picture
from muvisync.container import MediaInfo
from muvisync.svg import tag

_SMALL = 10**6


def show_results(results: Sequence[Result]) -> str:
    """All variants; one is visible at a time, and a click on another goes on where this one was."""
    several = len(results) > 1
    tabs = [_tab(number, several) for number in range(1, len(results) + 1)] if several else []
    variants = [_variant(result, number) for number, result in enumerate(results, start=1)]
    notes = [tag("p", f"Note: {note}", class_="note") for note in dict.fromkeys(n for r in results for n in r.notes)]
    return str(tag("div", tag("div", *tabs, class_="tabs", role="tablist"), *variants, *notes, class_="results"))


def show_video(video: Path, name: str, info: MediaInfo) -> str:
    """The video that was taken, before it has music."""
    size = f"{info.width} × {info.height}, " if info.width else ""
    facts = tag("p", tag("b", name), f" {size}{clock(info.duration)}", class_="facts")
    return str(tag("div", _player(video), facts, class_="taken"))


def show_problem(words: str) -> str:
    """What is wrong, and what to do."""
    lines = [tag("span", line) for line in words.splitlines()]
    return str(tag("div", tag("b", "That did not work. "), *lines, class_="problem", role="alert"))


def show_nothing() -> str:
    """What stands where the results will be."""
    steps = ("Choose a video", "Leave the choices as they are, or make your own", "Make music, then watch and compare")
    return str(tag("div", tag("ol", *(tag("li", step) for step in steps)), class_="nothing"))


def _tab(number: int, several: bool) -> Markup:
    chosen = "true" if number == 1 else "false"
    name = f"Variant {number}"
    return tag("button", name, type="button", role="tab", aria_selected=chosen, data_variant=number)


def _variant(result: Result, number: int) -> Markup:
    timeline = result.timeline
    facts = " · ".join(
        [
            clock(timeline["duration"]),
            timeline["key"],
            f"{timeline['tempo']:.0f} bpm",
            timeline["style"],
            f"seed {timeline['seed']}",
        ]
    )
    downloads = [
        _download("MP4", result.video, "video with music"),
        _download("WAV", result.sound, "sound"),
        _download("MIDI", result.midi, "notes"),
    ]
    whole = tag("div", Markup(timeline_to_picture(timeline)), class_="picture")
    body = [
        _player(result.video),
        tag("div", tag("p", facts, class_="facts"), tag("p", *downloads, class_="downloads"), class_="under"),
        tag("h3", "The whole of it"),
        whole,
        tag("p", "A click on the picture goes to that moment.", class_="hint"),
    ]
    hidden = None if number == 1 else "hidden"
    return tag("article", *body, class_="variant", data_variant=number, hidden=hidden)


def _player(video: Path) -> Markup:
    return tag("video", src=_address(video), controls="", playsinline="", preload="metadata")


def _download(kind: str, path: Path, what: str) -> Markup:
    size = path.stat().st_size
    amount = f"{size / _SMALL:.1f} MB" if size >= _SMALL / 10 else f"{max(size / 1000, 0.1):.1f} kB"
    words = tag("small", f"{what}, {amount}")
    return tag("a", tag("b", kind), " ", words, href=_address(path), download=path.name, class_="download")


def _address(path: Path) -> str:
    """Where Gradio serves a file of a room; relative, so that it also works behind a proxy's prefix."""
    return f"gradio_api/file={path}"
