"""`python -m muvisync.download`: bring every video of the catalogue to data/download/."""

from __future__ import annotations

from functools import partial

from muvisync.catalog import read_catalog
from muvisync.download.items import OUT, to_items
from muvisync.download.scratch import forget_others
from muvisync.download.work import download_video
from muvisync.errors import run_main
from muvisync.media import forget_strangers
from muvisync.params import load_params
from muvisync.stage import Plan, run_items


def main() -> None:
    """Run the stage in the current folder. Raises UserError for a bad catalogue, bad parameters, too many failures."""
    params = load_params()
    videos = read_catalog()
    # the published release alone makes a dataset too
    items = to_items(videos, params.download) if videos or not params.dataset.published else []
    forget_others(items)
    plan = Plan("download", OUT, params.download.uses(), params.run, params.download.failure_budget)
    run_items(plan, items, partial(download_video, params.download))
    forget_strangers()


if __name__ == "__main__":
    run_main(main)
