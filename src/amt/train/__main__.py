"""`python -m amt.train amt` and `python -m amt.train rhythm`: the stages train_amt and train_rhythm."""

from __future__ import annotations

import argparse

from amt.train.launch import launch, must_launch
from muvisync.errors import run_main
from muvisync.params import load_params


def main() -> None:
    """Train the model that the command line names, with its section of params.yaml."""
    parser = argparse.ArgumentParser(prog="python -m amt.train", description="Train a model on data/dataset.")
    parser.add_argument("model", choices=("amt", "rhythm"))
    chosen, params = parser.parse_args().model, load_params()
    section = getattr(params, f"train_{chosen}")
    if must_launch(section):
        launch(f"train_{chosen}", chosen, section.devices)
        return
    # imported late: Lightning takes seconds, and a mistake in params.yaml should show at once
    if chosen == "amt":
        from amt.train.amt import train_amt

        train_amt(params.train_amt)
    else:
        from amt.train.rhythm import train_rhythm

        train_rhythm(params.train_rhythm)


if __name__ == "__main__":
    run_main(main)
