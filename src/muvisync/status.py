"""What became of every item of every stage, read from the ledgers."""

from __future__ import annotations

from typing import Any

from muvisync.ledger import STATUSES, Ledger


def stage_status(stage: str) -> dict[str, Any]:
    """Counts of a stage's outcomes and its items: {"input", "ok", "filtered", "failed", "pending", "items"}."""
    ledger = Ledger(stage)
    items = [
        {
            "id": record.id,
            "status": record.status,
            "reason": record.reason,
            "error": record.error,
            "attempts": record.attempts,
            "seconds": record.seconds,
            "media_seconds": record.media_seconds,
            "notes": list(record.notes),
        }
        for record in sorted(ledger.records.values(), key=lambda record: record.id)
    ]
    counts = ledger.counts()
    return {"input": len(items), **{status: counts[status] for status in STATUSES}, "items": items}
