"""Entry point of stage `dataset`: merge the features of all videos into shards, videos.parquet and the data card."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path

from muvisync.dataset.card import count_dataset
from muvisync.dataset.card_text import card_text
from muvisync.dataset.duplicates import without_duplicates
from muvisync.dataset.entry import Entry
from muvisync.dataset.extracted import extracted_entries
from muvisync.dataset.published import published_entries
from muvisync.dataset.quality_table import judge_entries, write_quality
from muvisync.dataset.shards import is_current, videos_of, write_shard, write_videos
from muvisync.dataset.splits import id_to_shard, id_to_split
from muvisync.errors import UserError, run_main
from muvisync.files import atomic_write_text, write_json
from muvisync.ledger import FILTERED, OK, Artifact, Ledger, Record
from muvisync.media import forget_extracted
from muvisync.params import DatasetParams, load_params
from muvisync.stage import Plan, announce, check, print_summary

OUT = Path("data/dataset")
REPORTS = Path("reports/dataset")
VIDEOS_FILE, QUALITY_FILE = "videos.parquet", "quality.parquet"


def main() -> None:
    """Run the stage in the current workspace. Raises UserError."""
    params = load_params()
    plan = Plan("dataset", OUT, params.dataset.uses(), params.run, params.dataset.failure_budget)
    started = time.monotonic()
    entries = without_duplicates(_entries(params.dataset))
    ledger = Ledger("dataset")
    todo = set(ledger.begin({entry.video_id: entry.key for entry in entries}, params.run.attempts))
    announce("dataset", ledger, len(entries), len(todo))
    entries, quality = _judged(entries, params.dataset)
    shards = _by_shard(entries, params.dataset.shards)
    _record_excluded(entries, ledger)
    if not shards:
        print_summary("dataset", ledger, time.monotonic() - started)
        raise UserError("no video has features: see `muvisync status`, mend data/catalog.csv, then run again")
    for name, members in shards.items():
        _write_if_stale(OUT / name, members, ledger, todo)
    write_quality(OUT / QUALITY_FILE, quality)
    _delete_others(set(shards))
    splits = {entry.video_id: _split(entry, params.dataset) for entry in entries}
    rows = videos_of(OUT / name for name in shards)
    write_videos(OUT / VIDEOS_FILE, ({**row, "split": splits[row["video_id"]]} for row in rows))
    _write_card(params.dataset)
    forget_extracted("dataset")
    print_summary("dataset", ledger, time.monotonic() - started)
    check(plan, ledger, len(entries))


def _entries(params: DatasetParams) -> list[Entry]:
    """Every video there is, published or extracted. Raises UserError when two have the same id."""
    published = (
        published_entries(Path(params.published), params.max_seconds, params.published_hash) if params.published else ()
    )
    entries = list(chain(extracted_entries(params.max_seconds), published))
    twice = sorted(name for name, count in Counter(entry.video_id for entry in entries).items() if count > 1)
    if twice:
        raise UserError(
            f"the published release has these ids too: {', '.join(twice[:20])}; give the videos other ids in "
            "data/catalog.csv"
        )
    return entries


def _judged(entries: list[Entry], params: DatasetParams) -> tuple[list[Entry], list[dict]]:
    OUT.mkdir(parents=True, exist_ok=True)
    pairs = list(judge_entries(entries, params.filters, OUT / QUALITY_FILE))
    return [entry for entry, _ in pairs], [row for _, row in pairs]


def _split(entry: Entry, params: DatasetParams) -> str:
    return entry.split or id_to_split(entry.video_id, params.val_share, params.test_share)


def _by_shard(entries: list[Entry], shards: int) -> dict[str, list[Entry]]:
    members: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.video_id):
        if not entry.excluded:
            members[id_to_shard(entry.video_id, shards)].append(entry)
    return dict(sorted(members.items()))


def _write_if_stale(path: Path, members: list[Entry], ledger: Ledger, todo: set[str]) -> None:
    stale = [entry for entry in members if entry.video_id in todo or ledger.records[entry.video_id].status != OK]
    if not stale and is_current(path, members):
        return
    started = time.monotonic()
    write_shard(path, members)
    artifact = Artifact.of(path)
    share = round((time.monotonic() - started) / len(members), 4)
    for entry in members:
        ledger.append(Record(entry.video_id, entry.key, OK, attempts=1, seconds=share, artifacts={str(path): artifact}))


def _record_excluded(entries: list[Entry], ledger: Ledger) -> None:
    for entry in entries:
        record = Record(entry.video_id, entry.key, FILTERED, reason=entry.excluded, score=entry.score)
        if entry.excluded and ledger.records[entry.video_id] != record:
            ledger.append(record)


def _delete_others(shards: set[str]) -> None:
    for path in OUT.iterdir():
        if path.name not in shards | {VIDEOS_FILE, QUALITY_FILE}:
            path.unlink()


def _write_card(params: DatasetParams) -> None:
    counts = count_dataset(OUT, params)
    write_json(REPORTS / "metrics.json", counts)
    atomic_write_text(REPORTS / "card.md", card_text(counts))


if __name__ == "__main__":
    run_main(main)
