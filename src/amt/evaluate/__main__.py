"""`python -m amt.evaluate`: the stage evaluate."""

from __future__ import annotations

from muvisync.errors import run_main
from muvisync.params import load_params


def main() -> None:
    """Evaluate with the section `evaluate` of params.yaml."""
    params = load_params().evaluate
    # imported late: torch takes seconds, and a mistake in params.yaml should show at once
    from amt.evaluate.evaluate import evaluate

    evaluate(params)


if __name__ == "__main__":
    run_main(main)
