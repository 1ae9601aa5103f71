"""`python -m muvisync.transcribe`: downloaded files to notes (MIDI), harmony, key and loudness (JSON)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from muvisync.errors import run_main
from muvisync.files import read_json, temporary, write_json
from muvisync.params import TranscribeParams, load_params
from muvisync.stage import Done, Item, Plan, run_items

DOWNLOADS = Path("data/download")
OUT = Path("data/transcribe")


def main() -> None:
    """Run the stage in the current folder."""
    from muvisync.transcribe.transcription import extractor_versions

    params = load_params()
    section = params.transcribe
    versions = extractor_versions()
    plan = Plan("transcribe", OUT, section.uses() | {"extractors": versions}, params.run, section.failure_budget)
    run_items(plan, find_items(), partial(work, section, versions))


def find_items() -> list[Item]:
    """One item for each media file that the download stage describes, sorted by id; drafts and truths are no items."""
    paths = [p for p in sorted(DOWNLOADS.glob("*.json")) if "." not in p.name.removesuffix(".json")]
    return [Item(m["video_id"], m["sha256"], {"media": m["media"]}) for m in map(read_json, paths)]


def work(params: TranscribeParams, versions: dict[str, str], item: Item) -> Done:
    """Transcribe one file and write its two artifacts.

    Raises:
        Filtered: it has no audio.
        Permanent: it can't be decoded.
    """
    from muvisync.transcribe.notes import notes_to_midi
    from muvisync.transcribe.transcription import transcribe_file

    result = transcribe_file(DOWNLOADS / item.payload["media"], params)
    midi, description = OUT / f"{item.id}.mid", OUT / f"{item.id}.json"
    with temporary(midi) as draft:
        notes_to_midi(result.notes, draft)
    write_json(description, result.to_json() | {"video_id": item.id, "extractors": versions})
    return Done([midi, description], result.duration, ["silent"] if result.silent else [])


if __name__ == "__main__":
    run_main(main)
