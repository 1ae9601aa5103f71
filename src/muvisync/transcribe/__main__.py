"""`python -m muvisync.transcribe`: downloaded files to notes (MIDI), harmony, key and loudness (JSON)."""

from __future__ import annotations

from functools import partial

from muvisync.errors import run_main
from muvisync.media import described, find_media
from muvisync.params import load_params
from muvisync.stage import Item, Plan, run_items
from muvisync.transcribe.work import OUT, work


def main() -> None:
    """Run the stage in the current folder."""
    from muvisync.transcribe.transcription import extractor_versions

    params = load_params()
    section = params.transcribe
    versions = extractor_versions()
    plan = Plan("transcribe", OUT, section.uses() | {"extractors": versions}, params.run, section.failure_budget)
    run_items(plan, find_items(), partial(work, section, versions))


def find_items() -> list[Item]:
    """One item for each media file that the download stage describes, sorted by id."""
    return [Item(m["video_id"], m["sha256"], {"media": m["media"]}, find_media(m["media"])) for m in described()]


if __name__ == "__main__":
    run_main(main)
