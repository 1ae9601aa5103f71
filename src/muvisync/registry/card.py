"""The model card of a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from muvisync.decision import Decision
from muvisync.files import read_json
from muvisync.registry.git import git

_PARAMS, _DATA = Path("params.yaml"), Path("reports/dataset/metrics.json")
_TRAINED = ("train_amt", "train_rhythm")


def version_card(name: str, decision: Decision) -> str:
    """Markdown: what the models are, what they were made of, how they were measured, what they can't do."""
    return "\n".join(
        [
            f"# amt {name}",
            "",
            "The chord model (AMT) and the regressor for note density and loudness, trained together by the pipeline.",
            "",
            *_lineage(decision),
            "",
            *_figures(decision),
            "",
            *_parameters(),
            "",
            "## What they can't do",
            "",
            "They know one chord a second in C major or A minor, 157 labels, songs of at most 300 s, and what they",
            "were trained on: the data card (reports/dataset/card.md) says where that comes from and under which",
            "licences. Whether a model may be used as its training data may is an open question.",
            "",
        ]
    )


def _lineage(decision: Decision) -> Iterator[str]:
    parent = decision.champion["version"] if decision.champion else "none"
    changed = git("status", "--porcelain", "--", "src", "dvc.yaml")
    yield "| lineage | |"
    yield "|---|---|"
    yield f"| decision | {decision.id}: {'; '.join(decision.reasons)} |"
    yield f"| champion before | {parent} |"
    yield f"| code | {git('rev-parse', 'HEAD')[:12]}{' and changes that were not committed' if changed else ''} |"
    yield f"| dataset, hash | {decision.dataset[:12]} |"
    for label, value in _numbers(read_json(_DATA) if _DATA.exists() else {}):
        yield f"| dataset, {label} | {value} |"
    for model, weights in sorted(decision.candidate.items()):
        yield f"| weights of {model}, SHA-256 | {weights[:16]} |"


def _numbers(metrics: dict) -> Iterator[tuple[str, object]]:
    return ((label, value) for label, value in metrics.items() if isinstance(value, int | float))


def _figures(decision: Decision) -> Iterator[str]:
    yield f"Measured on {decision.songs} songs of the split {decision.split} by `python -m amt.gate`:"
    yield ""
    yield "| | candidate | champion before |"
    yield "|---|---|---|"
    before = decision.figures.get("champion", {})
    for label, value in decision.figures["candidate"].items():
        yield f"| {label.replace('_', ' ')} | {_number(value)} | {_number(before.get(label))} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _parameters() -> Iterator[str]:
    sections = YAML(typ="safe").load(_PARAMS.read_text(encoding="utf-8"))
    yield "## Parameters"
    yield ""
    for name in _TRAINED:
        yield f"- `{name}`: {', '.join(f'{key} {value}' for key, value in sections[name].items())}"
