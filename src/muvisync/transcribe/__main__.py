"""`python -m muvisync.transcribe`: downloaded files to notes (MIDI), harmony, key and loudness (JSON)."""

from __future__ import annotations

from functools import partial

from muvisync.errors import run_main
from muvisync.params import load_params
from muvisync.stage import Plan, media_items, run_items
from muvisync.transcribe.work import OUT, work


def main() -> None:
    """Run the stage in the current folder."""
    from muvisync.transcribe.transcription import extractor_versions

    params = load_params()
    section = params.transcribe
    versions = extractor_versions()
    plan = Plan("transcribe", OUT, section.uses() | {"extractors": versions}, params.run, section.failure_budget)
    run_items(plan, media_items(), partial(work, section, versions))


if __name__ == "__main__":
    run_main(main)
