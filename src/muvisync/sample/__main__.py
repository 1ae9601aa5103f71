"""The stage `sample`: what the other stages measured on the built-in clips, held against their truth."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from muvisync.errors import run_main
from muvisync.files import read_json, write_json
from muvisync.sample.check import check_clip, summarise

DOWNLOAD, TRANSCRIBE, VIDEO = Path("data/download"), Path("data/transcribe"), Path("data/video")
METRICS = Path("reports/sample/metrics.json")
TRUTH = ".truth.json"


def main() -> None:
    """Check every sample clip of the catalogue and write reports/sample/metrics.json; without clips that says so."""
    names = sorted(path.name.removesuffix(TRUTH) for path in DOWNLOAD.glob(f"*{TRUTH}"))
    clips = {}
    for name in names:
        truth = read_json(DOWNLOAD / f"{name}{TRUTH}")
        clips[name] = check_clip(truth, _heard(TRANSCRIBE / f"{name}.json"), _seen(VIDEO / f"{name}.parquet"))
    total = summarise(clips)
    write_json(METRICS, {"clips": clips, "total": total})
    figures = ", ".join(f"{name} {value}" for name, value in total.items() if value is not None)
    print(f"sample: {figures}" if clips else "sample: the catalogue has no sample clip, there is nothing to check")


def _heard(path: Path) -> dict | None:
    return read_json(path) if path.exists() else None


def _seen(path: Path) -> dict | None:
    if not path.exists():
        return None
    table = pq.read_table(path, columns=["emotion", "motion"])
    cuts = json.loads(table.schema.metadata[b"muvisync"])["cuts"]
    return {"cuts": cuts, "emotion": table["emotion"].to_pylist(), "motion": table["motion"].to_pylist()}


if __name__ == "__main__":
    run_main(main)
