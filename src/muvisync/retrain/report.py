"""A decision as others get to see it: in Prefect, in a webhook, on the front page of the published reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from muvisync.decision import Decision, decisions
from muvisync.files import file_hash, read_json
from muvisync.publish.entry import RunEntry
from muvisync.registry import champion, versions
from muvisync.registry.git import git, last_commit
from muvisync.retrain.journal import Journal

_MODELS, _DATA = Path("models"), Path("reports/dataset/metrics.json")


def settled_decision() -> Decision | None:
    """The newest decision, where it is about the models that lie here; None where these are still to be decided on.

    Whatever the champion is by now: a candidate that was rolled back is not promoted again.
    """
    last = next(reversed(decisions()), None)
    if last is None:
        return None
    weights = {name: _MODELS / name / "model.safetensors" for name in last.candidate}
    here = all(path.is_file() and file_hash(path) == last.candidate[name] for name, path in weights.items())
    return last if here else None


def is_ours(decision: Decision) -> bool:
    """Whether this machine made the decision, and so has to see to what follows: others come with a clone or a pull."""
    return Journal(decision.id).begun or not last_commit(decision.path)


def outcome(decision: Decision) -> dict[str, Any]:
    """What a webhook gets; `text` is a sentence for people."""
    version = champion()
    return {
        "text": f"MuViSync: {decision.sentence}. The champion is {version.name if version else 'none'}.",
        "outcome": decision.verdict,
        "reasons": decision.reasons,
        "champion": version.name if version else None,
        "decision": decision.id,
        "figures": decision.figures,
    }


def run_entry(decision: Decision) -> RunEntry:
    """What the front page says of the run. Its time is the decision's commit's: the same however often published."""
    registered = next((version.name for version in versions() if version.decision == decision.id), None)
    now = champion()
    data = read_json(_DATA) if _DATA.exists() else {}
    figures = decision.figures.get("candidate", {})
    return RunEntry(
        id=decision.id,
        time=git("log", "-1", "--format=%cI", "--", str(decision.path)),
        verdict=decision.verdict,
        reasons=decision.reasons,
        version=registered,
        champion=now.name if now else None,
        commit=last_commit(decision.path),
        metrics={name: value for name, value in figures.items() if value is not None},
        data={name: data[name] for name in ("videos", "seconds") if name in data},
    )


def decision_markdown(decision: Decision) -> str:
    """The checks as a table, for Prefect."""
    rows = [
        f"| {check.name} | {_number(check.candidate)} | {_number(check.champion)} | {check.wanted} "
        f"| {'yes' if check.passed else '**no**'} |"
        for check in decision.checks
    ]
    table = ["", "| figure | candidate | champion | wanted | passed |", "|---|---|---|---|---|", *rows] if rows else []
    return "\n".join([decision.sentence, *table])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
