"""What a worker does with one item of the transcribe stage."""

from __future__ import annotations

from pathlib import Path

from muvisync.files import temporary, write_json
from muvisync.media import find_media
from muvisync.params import TranscribeParams
from muvisync.stage import Done, Item

OUT = Path("data/transcribe")


def work(params: TranscribeParams, versions: dict[str, str], item: Item) -> Done:
    """Transcribe one file and write its two artifacts.

    Raises:
        Filtered: it has no audio.
        Permanent: it can't be decoded.
    """
    from muvisync.transcribe.notes import notes_to_midi
    from muvisync.transcribe.transcription import transcribe_file

    result = transcribe_file(find_media(item.payload["media"]), params)
    midi, description = OUT / f"{item.id}.mid", OUT / f"{item.id}.json"
    with temporary(midi) as draft:
        notes_to_midi(result.notes, draft)
    write_json(description, result.to_json() | {"video_id": item.id, "extractors": versions})
    return Done([midi, description], result.duration, ["silent"] if result.silent else [])
