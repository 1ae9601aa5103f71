"""Candidate against champion, from the files of both to a decision."""

from __future__ import annotations

import math
from pathlib import Path

import torch

from amt.evaluate.held import Held, choose_held_songs
from amt.evaluate.predict import choose_device
from amt.gate.checks import check_all, known
from amt.gate.pair import CHORD_FIGURES, Figures, Pair, measure_pair, time_pairs, weight_hashes
from amt.model import ModelError
from amt.model.checkpoint import StrangeFormat
from amt.model.songs import DATASET, dataset_hash, read_songs
from muvisync.decision import Check, Decision, Verdict, decisions
from muvisync.files import json_hash, read_json
from muvisync.params import Params

CANDIDATE, CHAMPION = Path("models"), Path("models/champion")


class _Verdict(Exception):
    """The decision is clear before anything is compared."""

    def __init__(self, verdict: Verdict, reason: str, breaking: bool = False) -> None:
        super().__init__(reason)
        self.verdict, self.reason, self.breaking = verdict, reason, breaking


def decide(params: Params, dataset: Path = DATASET, candidate: Path = CANDIDATE, champion: Path = CHAMPION) -> Decision:
    """Compare on the songs of the split `evaluate.split`; what was decided before is found again.

    Raises:
        NoSongs: the dataset has no song with chords.
    """
    hashes = {"candidate": weight_hashes(candidate), "dataset": dataset_hash(dataset)}
    hashes["champion"] = weight_hashes(champion) if champion.is_symlink() or champion.exists() else None
    identity = json_hash(hashes | {"gate": params.retrain.gate.model_dump()})[:12]
    if made := next((decision for decision in decisions() if decision.id.endswith(identity)), None):
        return made
    held = choose_held_songs(read_songs(dataset), params.evaluate.split)
    made, breaking = _Decided(), False
    try:
        verdict, reasons = _compare(params, held, candidate, champion, hashes, made)
    except _Verdict as clear:
        verdict, reasons, breaking = clear.verdict, [clear.reason], clear.breaking
    return Decision(
        id=f"{len(decisions()) + 1:04d}-{identity}",
        verdict=verdict,
        breaking=breaking,
        reasons=reasons,
        checks=made.checks,
        candidate=hashes["candidate"],
        champion=hashes["champion"] and hashes["champion"] | {"version": _version(champion)},
        dataset=hashes["dataset"],
        songs=len(held.songs),
        split=held.split,
        gate=params.retrain.gate.model_dump(),
        figures=made.figures,
    )


class _Decided:
    """What is known by the time the decision is clear."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.figures: dict[str, dict[str, float | None]] = {}

    def note(self, who: str, figures: Figures) -> None:
        self.figures[who] = {name: known(value) for name, value in figures.means.items()}


def _compare(
    params: Params,
    held: Held,
    candidate: Path,
    champion: Path,
    hashes: dict,
    made: _Decided,
) -> tuple[Verdict, list[str]]:
    """Raises _Verdict where there is nothing to compare."""
    device = choose_device(params.evaluate)
    new = _load_candidate(candidate, device)
    figures = measure_pair(new, held, params.evaluate)
    made.note("candidate", figures)
    _refuse_unknown(figures)
    old = _load_champion(champion, device, hashes, new.encoder)
    try:
        before = measure_pair(old, held, params.evaluate)
    except RuntimeError as error:  # of torch: a tensor of another shape
        raise _Verdict("promote", f"the champion can't read this dataset ({error})", breaking=True) from error
    seconds = time_pairs([new, old], held, params.evaluate.batch_size)
    for who, each, took in zip(("candidate", "champion"), (figures, before), seconds, strict=True):
        each.means["seconds"] = took
        made.note(who, each)
    made.checks = check_all(figures, before, params.retrain.gate)
    missed = [_sentence(check) for check in made.checks if not check.passed]
    return ("reject", missed) if missed else ("promote", [_sentence(made.checks[0])])


def _sentence(check: Check) -> str:
    values = ("nothing" if value is None else f"{value:.4g}" for value in (check.candidate, check.champion))
    return f"{check.name} {' against '.join(values)}, wanted: {check.wanted}"


def _load_candidate(folder: Path, device: torch.device) -> Pair:
    try:
        return Pair.load(folder, device)
    except ModelError as error:
        raise _Verdict("reject", f"the candidate can't be used ({error})") from error


def _refuse_unknown(figures: Figures) -> None:
    unknown = [name for name in (*CHORD_FIGURES, "density_rmse", "loudness_rmse") if math.isnan(figures.means[name])]
    infinite = [name for name, value in figures.means.items() if math.isinf(value)]
    if unknown or infinite:
        raise _Verdict("reject", f"{', '.join(unknown + infinite)} of the candidate can't be measured")


def _load_champion(folder: Path, device: torch.device, hashes: dict, encoder: str | None) -> Pair:
    if hashes["champion"] is None:
        raise _Verdict("promote", "there was no champion")
    if hashes["champion"] == hashes["candidate"]:
        raise _Verdict("unchanged", "the candidate is the champion")
    try:
        pair = Pair.load(folder, device)
    except ModelError as error:
        strange = isinstance(error, StrangeFormat)
        raise _Verdict("promote", f"the champion can't be used any more ({error})", breaking=strange) from error
    if pair.encoder and encoder and pair.encoder != encoder:
        why = f"the champion learned from pictures as {pair.encoder} sees them, the candidate from {encoder}'s"
        raise _Verdict("promote", why, breaking=True)
    return pair


def _version(folder: Path) -> str:
    about = folder / "version.json"
    return read_json(about)["version"] if about.is_file() else "unknown"
