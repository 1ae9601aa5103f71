"""Stage `generate`: music for held-out videos; reports/generate/videos/<id>.{mp4,mid,wav,json,jpg} and metrics.json."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from amt.generate.held_out import Candidate, choose_videos
from amt.generate.work import MODELS, OUT, REPORTS, make_item
from muvisync.errors import UserError, run_main
from muvisync.files import file_hash, json_hash, read_json, write_json
from muvisync.ledger import OK, Ledger
from muvisync.params import load_params
from muvisync.stage import Item, Plan, run_items

ARRANGER = 4
"""Version of the code that turns predictions into files: raise it when the same predictions give other files."""


def main() -> None:
    """Run the stage in the current folder."""
    params = load_params()
    candidates = choose_videos(params.generate.videos)
    items = [candidate_to_item(candidate, hash_models(MODELS)) for candidate in candidates]
    uses = params.generate.uses() | {"arranger": ARRANGER}
    uses.pop("videos")  # how many there are changes none of them
    plan = Plan("generate", OUT, uses, params.run, params.generate.failure_budget)
    ledger = run_items(plan, items, partial(make_item, params))
    write_json(REPORTS / "metrics.json", collect_metrics(ledger, candidates))


def hash_models(folder: Path) -> list[str]:
    """Hashes of both models' weights. Raises UserError when one is missing."""
    weights = [folder / name / "model.safetensors" for name in ("amt", "rhythm")]
    missing = [str(path) for path in weights if not path.is_file()]
    if missing:
        raise UserError(f"{' and '.join(missing)}: no such model; train it with `muvisync run`")
    return [file_hash(path) for path in weights]


def candidate_to_item(candidate: Candidate, models: list[str]) -> Item:
    """The item of a video: its music depends on its file, its features and both models."""
    payload = {
        "media": str(candidate.media),
        "features": str(candidate.features),
        "title": candidate.title,
        "split": candidate.split,
    }
    inputs = [candidate.sha256, file_hash(candidate.features), models, candidate.title, candidate.split]
    return Item(candidate.video_id, json_hash(inputs), payload)


def collect_metrics(ledger: Ledger, candidates: list[Candidate]) -> dict:
    """Figures of every video and in total; means over the videos where a figure is defined."""
    done = {record.id for record in ledger.of_status(OK)}
    videos = {c.video_id: _item_metrics(c) for c in candidates if c.video_id in done}
    means = ("density_correlation", "loudness_correlation", "chord_changes_per_second")
    total = {name: _mean([video[name] for video in videos.values()]) for name in means}
    total |= {name: sum(video[name] for video in videos.values()) for name in ("seconds", "notes")}
    total["seconds"] = round(total["seconds"], 3)
    worst = max((abs(video["duration_error_ms"]) for video in videos.values()), default=None)
    return {"videos": videos, "total": total | {"videos": len(videos), "largest_duration_error_ms": worst}}


def _item_metrics(candidate: Candidate) -> dict:
    made = read_json(OUT / f"{candidate.video_id}.json")
    return {"split": candidate.split, **made["metrics"]}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None


if __name__ == "__main__":
    run_main(main)
