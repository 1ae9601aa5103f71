"""`muvisync validate`: does the dataset on the disk keep what its schema promises?"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from muvisync.errors import UserError
from muvisync.params import load_params

DATASET = Path("data/dataset")
MOST_LISTED = 100


def validate(
    folder: Annotated[Path, typer.Argument(help="A dataset made with the params.yaml here.")] = DATASET,
) -> None:
    """Read every row of the dataset: schema, ranges, gaps, chords, scenes, splits, hashes.

    Every problem is listed with its file, video and second; the exit status is then 1.
    """
    from muvisync.dataset.validate import validate_dataset

    params = load_params()
    if not folder.is_dir():
        raise UserError(f"there is no dataset in {folder}; make it with `muvisync run`")
    problems = validate_dataset(folder, params.dataset)
    count = 0
    for problem in islice(problems, MOST_LISTED):
        typer.echo(f"  {problem}")
        count += 1
    rest = sum(1 for _ in problems)
    if rest:
        typer.echo(f"  and {rest} more")
    if count:
        raise UserError(f"{folder} has {count + rest} problem(s); `muvisync run` rebuilds what is damaged")
    typer.echo(f"{folder}: {_extent(folder)}; every row is as it should be")
    if params.dataset.published is None:
        typer.echo("note: no release is configured (dataset.published), published splits were not compared with it")


def _extent(folder: Path) -> str:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    seconds = pq.read_table(folder / "videos.parquet", columns=["seconds"], partitioning=None)["seconds"]
    return f"{len(seconds):,} videos, {pc.sum(seconds).as_py():,} rows"
