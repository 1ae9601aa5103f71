"""`python -m amt.gate`: the models in models/ against those in models/champion; it ends with the decision's file."""

from __future__ import annotations

from muvisync.decision import Decision, write_decision
from muvisync.errors import run_main
from muvisync.params import load_params


def main() -> None:
    """Decide with the sections `evaluate` and `retrain.gate` of params.yaml, or find the decision that was made."""
    params = load_params()
    # imported late: torch takes seconds, and a mistake in params.yaml should show at once
    from amt.gate.gate import decide

    decision = decide(params)
    print(describe(decision))
    print(write_decision(decision), flush=True)


def describe(decision: Decision) -> str:
    """The checks as a table, and the verdict in a sentence."""
    rows = [("", "candidate", "champion", "wanted", "")]
    for check in decision.checks:
        values = (_number(check.candidate), _number(check.champion))
        rows.append((check.name, *values, check.wanted, "passed" if check.passed else "MISSED"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*(lines if decision.checks else []), decision.sentence])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


if __name__ == "__main__":
    run_main(main)
