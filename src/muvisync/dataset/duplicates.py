"""The same video under two ids: one stays, the other is left out with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs, urlsplit

from muvisync.dataset.entry import Entry

_YOUTUBE = ("youtube.com", "youtu.be", "youtube-nocookie.com")
_PATHS = ("shorts", "embed", "live", "v")


def site_id(url: str) -> str:
    """What a video site calls the video behind an address, "youtube:kJQP7kiw5Fk"; "" for any other address."""
    try:
        parts = urlsplit(url or "")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if not any(host == name or host.endswith(f".{name}") for name in _YOUTUBE):
        return ""
    found = _youtube_id(parts, host)
    return f"youtube:{found}" if found else ""


def _youtube_id(parts: SplitResult, host: str) -> str:
    steps = [step for step in parts.path.split("/") if step]
    if host.endswith("youtu.be"):
        return steps[0] if steps else ""
    if len(steps) > 1 and steps[0] in _PATHS:
        return steps[1]
    return parse_qs(parts.query).get("v", [""])[0]


def without_duplicates(entries: Iterable[Entry]) -> list[Entry]:
    """All entries, sorted by id; those with the content or the site's id of an earlier one are marked as excluded.

    Published songs come first, for their split is fixed, and stay; then the smaller id wins. Entries that are excluded
    already hold no place. The result does not depend on the order of `entries`.
    """
    first: dict[str, str] = {}
    marked = []
    for entry in sorted(entries, key=lambda entry: (entry.provenance != "published", entry.video_id)):
        names = [name for name in (f"content:{entry.content}", entry.site_id) if name]
        twin = next((first[name] for name in names if name in first), None)
        if entry.excluded:
            marked.append(entry)
            continue
        if twin and entry.provenance != "published":
            entry = replace(entry, excluded=f"the same content as {twin}")
        for name in names:
            first.setdefault(name, twin or entry.video_id)
        marked.append(entry)
    return sorted(marked, key=lambda entry: entry.video_id)
