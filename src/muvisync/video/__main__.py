"""`python -m muvisync.video`: features of every downloaded video's picture to data/video/."""

from __future__ import annotations

from functools import partial

from muvisync.errors import run_main
from muvisync.params import load_params
from muvisync.stage import Plan, media_items, run_items
from muvisync.video.work import OUT, check_encoder, extract_video, result_uses


def main() -> None:
    """Run the stage in the current folder. Raises UserError for bad parameters, no encoder, too many failures."""
    params = load_params()
    uses = result_uses(params.video)
    check_encoder(params.video)
    plan = Plan("video", OUT, uses, params.run, params.video.failure_budget, gpu=True)
    run_items(plan, media_items(), partial(extract_video, params.video))


if __name__ == "__main__":
    run_main(main)
