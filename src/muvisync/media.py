"""Where a downloaded media file lies, and when it goes.

With `download.keep: false` media lie outside of DVC's outputs, so that neither DVC's cache nor a push ever holds them;
they are deleted when their features are in the dataset, and data/download/<id>.json keeps their hash.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from muvisync.errors import UserError
from muvisync.files import is_temporary, read_json, write_json
from muvisync.ledger import FILTERED, OK, Ledger

DOWNLOADS = Path("data/download")
PASSING = Path("data/cache/media")
WANTED = Path("data/cache/wanted.json")
_READERS = ("transcribe", "video")
_LISTED = 5


def find_media(name: str) -> Path:
    """Path of the media file `name` of some metadata, whether it is kept or passes; it may be in neither place."""
    passing = PASSING / name
    return passing if passing.exists() else DOWNLOADS / name


def described() -> Iterator[dict]:
    """The metadata of every downloaded file, sorted by id."""
    for path in sorted(DOWNLOADS.glob("*.json")):
        if not is_temporary(path) and not path.name.endswith(".truth.json"):
            yield read_json(path)


def refuse_missing(stage: str, ids: Iterable[str]) -> NoReturn:
    """Note that the media of `ids` are wanted again, and raise a UserError that says how to get them."""
    ids = sorted(ids)
    write_json(WANTED, sorted(wanted() | set(ids)))
    names = ", ".join(ids[:_LISTED]) + (", ..." if len(ids) > _LISTED else "")
    raise UserError(
        f"{stage}: the media of {len(ids)} video(s) ({names}) are needed again, because a parameter or an extractor "
        "changed or an output is gone. They are not here: deleted after extraction (download.keep: false), or lost. "
        "Nothing was changed. `muvisync retry --stage download` fetches these again, download.keep: true fetches all; "
        "or take the change back"
    )


def wanted() -> set[str]:
    """Ids whose media a stage has asked for again."""
    return set(read_json(WANTED)) if WANTED.exists() else set()


def forget_extracted(stage: str) -> list[str]:
    """Delete the passing media whose features are extracted, say so, return their ids. Media of failed items stay."""
    ledgers = [Ledger(stage) for stage in _READERS]
    gone = []
    for about in described():
        path = PASSING / about["media"]
        name = about["video_id"]
        if path.exists() and all(_settled(ledger, name) for ledger in ledgers):
            path.unlink()
            gone.append(name)
    if gone:
        print(f"{stage}: deleted the media of {len(gone)} video(s), extracted (download.keep: false)", file=sys.stderr)
    if gone and WANTED.exists():
        write_json(WANTED, sorted(wanted() - set(gone)))
    return gone


def forget_strangers() -> None:
    """Delete passing media that no metadata describe: of videos that left the catalogue, and drafts of killed runs."""
    if PASSING.is_dir():
        known = {about["media"] for about in described()}
        for path in PASSING.iterdir():
            if path.name not in known:
                path.unlink()


def _settled(ledger: Ledger, name: str) -> bool:
    record = ledger.records.get(name)
    return record is not None and record.status in (OK, FILTERED)
