"""`muvisync models`: the registered versions, what the gate decided, and a version's files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from muvisync.decision import Decision, decisions
from muvisync.pretrained import MODELS, PRETRAINED, FoundModels, choose_models, find_models
from muvisync.registry import Version, checkout_champion, find_version, lay_out, versions

_FIGURES = {"cross_entropy": "cross-entropy", "hits1": "Hits@1", "density_rmse": "density RMSE"}
_PLACES = {"trained": MODELS, "pretrained": PRETRAINED}


def models(
    as_json: Annotated[bool, typer.Option("--json", help="All that is known, for programs.")] = False,
) -> None:
    """List the versions of the models and the decisions of the gate."""
    found, decided = versions(), decisions()
    if as_json:
        listed = [asdict(version) | {"tag": version.tag} for version in found]
        typer.echo(json.dumps({"versions": listed, "decisions": [asdict(each) for each in decided]}, indent=1))
        return
    _print(found, {decision.id: decision for decision in decided})
    for decision in decided[-5:]:
        typer.echo(decision.sentence)


def resolve_models(name: str | None) -> FoundModels:
    """The models that `--models` names: champion, trained, pretrained, a version or a folder; None: `find_models`.

    Raises:
        UserError: there are none of this name.
    """
    if name in _PLACES:
        return choose_models(_PLACES[name])
    if name and Path(name).is_dir():
        return choose_models(Path(name))
    if name and name != "champion":
        return choose_models(lay_out(find_version(name)))
    if name == "champion" or Path("models/registry").is_dir():
        # a clone has the champion's tag, and not yet its files
        if (folder := checkout_champion()) is not None:
            return choose_models(folder)
        if name:
            find_version("champion")  # raises: there is none, and here is what there is
    return find_models()


def _print(found: list[Version], decided: dict[str, Decision]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not found:
        typer.echo("no version yet: `muvisync retrain` registers the first")
        return
    table = Table("", "version", "registered", "dataset", *_FIGURES.values(), "champion before")
    for version in found:
        decision = decided.get(version.decision)
        mark = "champion" if version.champion else ""
        table.add_row(mark, version.name, version.time[:10], *_cells(decision))
    Console(highlight=False).print(table)


def _cells(decision: Decision | None) -> list[str]:
    if decision is None:
        return ["its decision is gone"]
    figures = decision.figures["candidate"]
    numbers = [f"{figures[name]:.3f}" if figures.get(name) is not None else "-" for name in _FIGURES]
    return [decision.dataset[:12], *numbers, decision.champion["version"] if decision.champion else "-"]
