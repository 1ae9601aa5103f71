"""Everything that the other stages measured, as far as it is there."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from muvisync.files import read_json
from muvisync.ledger import FAILED, FILTERED, LEDGERS, STATUSES, Ledger

REPORTS = Path("reports")
LEDGER_STAGES = ("download", "transcribe", "video", "dataset", "generate")
TRAININGS = ("train_amt", "train_rhythm")

Rows = list[dict[str, Any]]
Curves = dict[str, list[tuple[float, float]]]


@dataclass(frozen=True)
class Outcomes:
    """What became of a stage's items: counts by status, and the lost ones with their reasons."""

    counts: dict[str, int]
    lost: Rows

    @property
    def total(self) -> int:
        """Number of items that came in."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Inputs:
    """What the page is made of; what is not there is None or empty, and the page says so.

    Attributes:
        outcomes: of each stage with a ledger.
        curves: of each training, by name of the figure: (epoch, value) from 1.
        best_epoch: of each training.
        predictions: columns of reports/evaluate/predictions.parquet; songs: of songs.parquet beside it.
        made: the JSON of each generated video, sorted by id.
    """

    outcomes: dict[str, Outcomes] = field(default_factory=dict)
    dataset: dict[str, Any] | None = None
    sample: dict[str, Any] | None = None
    curves: dict[str, Curves] = field(default_factory=dict)
    best_epoch: dict[str, int] = field(default_factory=dict)
    evaluate: dict[str, Any] | None = None
    plots: dict[str, Any] | None = None
    predictions: dict[str, list] | None = None
    songs: dict[str, list] | None = None
    generate: dict[str, Any] | None = None
    made: Rows = field(default_factory=list)


def read_inputs(reports: Path = REPORTS, ledgers: Path = LEDGERS) -> Inputs:
    """Read what there is. Raises ValueError for a file that is not what its name says."""
    trainings = {name: reports / name for name in TRAININGS if (reports / name).is_dir()}
    summaries = {name: _json(folder / "metrics.json") or {} for name, folder in trainings.items()}
    videos = sorted((reports / "generate" / "videos").glob("*.json"))
    return Inputs(
        outcomes={name: _outcomes(name, ledgers) for name in LEDGER_STAGES if (ledgers / f"{name}.jsonl").is_file()},
        dataset=_json(reports / "dataset" / "metrics.json"),
        sample=_json(reports / "sample" / "metrics.json"),
        curves={name: _curves(folder / "plots" / "metrics") for name, folder in trainings.items()},
        best_epoch={name: values["best_epoch"] for name, values in summaries.items() if "best_epoch" in values},
        evaluate=_json(reports / "evaluate" / "metrics.json"),
        plots=_json(reports / "evaluate" / "plots.json"),
        predictions=_columns(reports / "evaluate" / "predictions.parquet"),
        songs=_columns(reports / "evaluate" / "songs.parquet"),
        generate=_json(reports / "generate" / "metrics.json"),
        made=[read_json(path) for path in videos],
    )


def _json(path: Path) -> Any:
    return read_json(path) if path.is_file() else None


def _columns(path: Path) -> dict[str, list] | None:
    return pq.read_table(path).to_pydict() if path.is_file() else None


def _outcomes(stage: str, folder: Path) -> Outcomes:
    ledger = Ledger(stage, folder)
    lost = [record for status in (FAILED, FILTERED) for record in ledger.of_status(status)]
    rows = [{"id": r.id, "status": r.status, "error": r.error, "reason": r.reason} for r in lost]
    counts = ledger.counts()
    return Outcomes({status: counts[status] for status in STATUSES}, rows)


def _curves(folder: Path) -> Curves:
    """DVCLive's tables, one a figure: columns `step` (from 0) and the figure's name."""
    return {str(path.relative_to(folder).with_suffix("")): _points(path) for path in sorted(folder.rglob("*.tsv"))}


def _points(path: Path) -> list[tuple[float, float]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))[1:]
    points = [(int(row[0]) + 1, float(row[-1])) for row in rows]
    return [point for point in points if math.isfinite(point[1])]
