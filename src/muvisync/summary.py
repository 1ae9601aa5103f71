"""The closing table of a stage, for people."""

from __future__ import annotations

import sys
from collections import Counter

from rich.console import Console
from rich.table import Table

from muvisync.ledger import FAILED, FILTERED, OK, PENDING, Ledger


def summary_table(stage: str, ledger: Ledger, elapsed: float | None = None) -> Table:
    """Counts by outcome and reason, and the pace; `elapsed` in seconds."""
    counts = Counter(record.status for record in ledger.records.values())
    table = Table("", "items", "why", title=stage, title_justify="left")
    table.add_row("in", str(len(ledger.records)), "")
    table.add_row(OK, str(counts[OK]), "")
    for status in (FILTERED, FAILED):
        reasons = Counter(record.reason for record in ledger.of_status(status))
        table.add_row(status, str(counts[status]), "; ".join(f"{n} x {why}" for why, n in reasons.most_common()))
    table.add_row(PENDING, str(counts[PENDING]), "")
    if elapsed is not None:
        table.add_row("seconds", f"{elapsed:.1f}", _pace(ledger))
    return table


def _pace(ledger: Ledger) -> str:
    worked = ledger.of_status(OK)
    cost = sum(record.seconds for record in worked)
    if not cost:
        return ""
    return f"{sum(record.media_seconds for record in worked) / cost:.1f} media-seconds per worker-second"


def print_summary(stage: str, ledger: Ledger, elapsed: float) -> None:
    """Print the closing table to standard error."""
    console = Console(stderr=True, highlight=False, markup=False, width=None if sys.stderr.isatty() else 140)
    console.print(summary_table(stage, ledger, elapsed))
