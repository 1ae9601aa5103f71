"""The closing table of a stage, for people."""

from __future__ import annotations

import sys
from collections import Counter

from rich.console import Console
from rich.table import Table

from muvisync.ledger import FAILED, FILTERED, OK, PENDING, Ledger


def summary_table(stage: str, ledger: Ledger, elapsed: float | None = None) -> Table:
    """Counts by outcome and reason, and the pace; `elapsed` in seconds."""
    reasons = Counter((record.status, record.reason) for record in ledger.records.values())
    counts = Counter()
    for (status, _), n in reasons.items():
        counts[status] += n
    table = Table("", "items", "why", title=stage, title_justify="left")
    table.add_row("in", str(len(ledger.records)), "")
    table.add_row(OK, str(counts[OK]), "")
    for status in (FILTERED, FAILED):
        listed = (f"{n} x {why}" for (found, why), n in reasons.most_common() if found == status)
        table.add_row(status, str(counts[status]), "; ".join(listed))
    table.add_row(PENDING, str(counts[PENDING]), "")
    if elapsed is not None:
        table.add_row("seconds", f"{elapsed:.1f}", _pace(ledger))
    return table


def _pace(ledger: Ledger) -> str:
    media = cost = 0.0
    for record in ledger.records.values():
        if record.status == OK:
            media, cost = media + record.media_seconds, cost + record.seconds
    return f"{media / cost:.1f} media-seconds per worker-second" if cost else ""


def print_summary(stage: str, ledger: Ledger, elapsed: float) -> None:
    """Print the closing table to standard error."""
    console = Console(stderr=True, highlight=False, markup=False, width=None if sys.stderr.isatty() else 140)
    console.print(summary_table(stage, ledger, elapsed))
