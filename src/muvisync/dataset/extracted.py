"""Entries from the artifacts of download, transcribe and video."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from muvisync.chords import NO_CHORD, parse_key
from muvisync.dataset.duplicates import site_id
from muvisync.dataset.entry import REVISION, Entry, Loaded, normalised, to_rows
from muvisync.dataset.quality import Evidence
from muvisync.files import json_hash, read_json
from muvisync.ledger import FAILED, Ledger
from muvisync.media import DOWNLOADS, described
from muvisync.schema import VIDEO_ARTIFACT, VIDEO_FEATURES, read_table

TRANSCRIPTS, PICTURES = Path("data/transcribe"), Path("data/video")


@dataclass(frozen=True)
class _Paths:
    """Where the features of one video lie; a file that is not there is a missing modality."""

    media: Path
    music: Path
    picture: Path

    @classmethod
    def of(cls, video_id: str) -> _Paths:
        return cls(DOWNLOADS / f"{video_id}.json", TRANSCRIPTS / f"{video_id}.json", PICTURES / f"{video_id}.parquet")


def extracted_entries(max_seconds: int) -> Iterator[Entry]:
    """An entry for every downloaded video, sorted by id."""
    download, transcribe, video = Ledger("download"), Ledger("transcribe"), Ledger("video")
    for about in described():
        name = about["video_id"]
        paths = _Paths.of(name)
        hashes = [
            download.hash_of(name, paths.media),
            transcribe.hash_of(name, paths.music),
            video.hash_of(name, paths.picture),
        ]
        yield Entry(
            name,
            json_hash([hashes, max_seconds, REVISION]),
            partial(_load, paths, max_seconds),
            partial(_evidence, paths),
            content=about["sha256"],
            provenance="extracted",
            site_id=site_id(about["source"]),
            excluded=_why_excluded(name, hashes, transcribe, video),
        )


def _why_excluded(name: str, hashes: list[str | None], *ledgers: Ledger) -> str:
    """A missing modality is fine; one that could not be read is not: the video would look poorer than it is."""
    records = [ledger.records.get(name) for ledger in ledgers]
    failed = [
        f"{ledger.path.stem} failed" for ledger, r in zip(ledgers, records, strict=True) if r and r.status == FAILED
    ]
    if failed:
        return " and ".join(failed)
    return "neither picture nor music" if hashes[1:] == [None, None] else ""


def _evidence(paths: _Paths) -> Evidence:
    media = read_json(paths.media)
    music = read_json(paths.music) if paths.music.exists() else {}
    per_second = music.get("per_second", {})
    picture = read_table(paths.picture, VIDEO_ARTIFACT, ["motion"]) if paths.picture.exists() else None
    return Evidence(
        duration=media["duration"],
        height=media.get("height"),
        loudness=per_second.get("loudness"),
        motion=None if picture is None else picture["motion"].to_pylist(),
        chords=per_second.get("chord"),
        chord_confidence=_confidence(music.get("chords", [])),
        speech=music.get("speech"),
    )


def _confidence(segments: list[dict]) -> float | None:
    """Mean probability of the chords, by length; None without chords, or in an older transcription."""
    found = [s for s in segments if s["chord"] != NO_CHORD and "confidence" in s and s["end"] > s["start"]]
    length = sum(s["end"] - s["start"] for s in found)
    return sum((s["end"] - s["start"]) * s["confidence"] for s in found) / length if length else None


def _load(paths: _Paths, max_seconds: int) -> Loaded:
    media = read_json(paths.media)
    music = read_json(paths.music) if paths.music.exists() else None
    picture = read_table(paths.picture, VIDEO_ARTIFACT) if paths.picture.exists() else None
    of_picture = json.loads(picture.schema.metadata[b"muvisync"]) if picture is not None else {}
    seconds = picture.num_rows if picture is not None else len(music["per_second"]["chord"])
    key = music["key"] if music else None
    extractors = (music["extractors"] if music else {}) | {k: of_picture[k] for k in ("decoder",) if k in of_picture}
    return Loaded(
        to_rows(min(seconds, max_seconds), _features(picture, music)),
        {
            "title": media["title"],
            "source": media["source"],
            "license": media["license"],
            "duration": float(media["duration"]),
            "key": key,
            "mode": parse_key(key).mode if key else None,
            "content_hash": media["sha256"],
            "encoder": of_picture.get("encoder"),
            "extractors": json.dumps(extractors, sort_keys=True),
            "provenance": "extracted",
            "has_audio": music is not None,
            "has_video": picture is not None,
        },
    )


def _features(picture: pa.Table | None, music: dict | None) -> dict:
    features: dict = {}
    if picture is not None:
        features |= {field.name: picture[field.name].combine_chunks() for field in VIDEO_FEATURES}
    if music is not None:
        features |= music["per_second"]
        features["chord_normalised"] = normalised(music["per_second"]["chord"], music["key"])
    return features
