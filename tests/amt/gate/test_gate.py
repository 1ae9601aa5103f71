"""The gate: who is promoted, who is not, and who can't even be compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.amt.synthetic_songs import make_song, write_dataset

from amt.gate.__main__ import describe
from amt.gate.checks import check_all, share_better
from amt.gate.gate import CHAMPION, decide
from amt.gate.pair import CHORD_FIGURES, Figures
from amt.model import Amt, AmtConfig, Rhythm, RhythmConfig, load_model, save_model
from muvisync.decision import read_decision, write_decision
from muvisync.sections import GateParams

SONGS = [make_song(f"train{i}", 12) for i in range(2)] + [make_song(f"test{i}", 12, "test") for i in range(3)]
SIZES = {"width": 16, "heads": 2, "encoder_layers": 1, "decoder_layers": 1, "feedforward": 16, "pointers": 0}


def make_models(folder: Path, seed: int, encoder: str | None = None) -> None:
    torch.manual_seed(seed)
    save_model(folder / "amt", Amt(AmtConfig(**SIZES)), encoder)
    save_model(folder / "rhythm", Rhythm(RhythmConfig(hidden=4, layers=1)), encoder)


@pytest.fixture
def params(workspace, tiny_params):
    """A workspace with a candidate; gates that ask for nothing but the metric."""
    write_dataset(Path("data/dataset"), SONGS)
    make_models(Path("models"), 1)
    made = tiny_params(evaluate={"resamples": 10})
    wide = {"max_hits1_drop": 1.0, "max_control_drop": 9.0, "max_density_rise": 9.0, "max_loudness_rise": 9.0}
    gate = made.retrain.gate.model_copy(update=wide | {"max_slowdown": 99.0})
    return made.model_copy(update={"retrain": made.retrain.model_copy(update={"gate": gate})})


def decide_and_write(params):
    decision = decide(params)
    write_decision(decision)
    return decision


def learn(folder: Path) -> None:
    """A chord model that is surely better: it knows which chords there are."""
    model = load_model(folder / "amt")
    counts = np.bincount(np.concatenate([song.chords for song in SONGS]), minlength=159) + 0.1
    last = [module for module in model.decoder.modules() if isinstance(module, torch.nn.Linear)][-1]
    with torch.no_grad():
        last.bias.copy_(torch.as_tensor(np.log(counts), dtype=torch.float32)[: len(last.bias)])
    save_model(folder / "amt", model)


def test_the_first_is_promoted_and_a_decision_is_found_again(params):
    decision = decide_and_write(params)
    assert (decision.verdict, decision.reasons) == ("promote", ["there was no champion"])
    assert decision.id.startswith("0001-") and decision.songs == 3 and decision.champion is None
    assert decide(params) == decision == read_decision(decision.path)


def test_better_is_promoted_worse_is_not_and_the_same_is_unchanged(params):
    shutil.copytree("models", CHAMPION)
    assert decide_and_write(params).verdict == "unchanged"
    learn(Path("models"))
    better = decide_and_write(params)
    assert better.verdict == "promote" and better.checks[0].candidate < better.checks[0].champion
    assert "cross_entropy" in describe(better) and "promoted" in describe(better)
    shutil.rmtree(CHAMPION)
    shutil.copytree("models", CHAMPION)
    make_models(Path("models"), 1)
    worse = decide_and_write(params)
    assert worse.verdict == "reject" and "wanted: better in 95% of resamples (is in 0.0%)" in worse.reasons[0]
    assert worse.id.startswith("0003-")


@pytest.mark.parametrize("broken", ["tampered", "missing"])
def test_a_broken_champion_is_replaced(params, broken: str):
    make_models(CHAMPION, 2)
    weights = CHAMPION / "amt/model.safetensors"
    weights.unlink() if broken == "missing" else weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    decision = decide(params)
    assert decision.verdict == "promote" and "can't be used any more" in decision.reasons[0] and not decision.breaking


def test_a_champion_of_another_schema_is_replaced_by_a_major_version(params):
    make_models(CHAMPION, 2)
    config = CHAMPION / "amt/config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"format": 0}))
    decision = decide(params)
    assert (decision.verdict, decision.breaking) == ("promote", True) and "format 0" in decision.reasons[0]


def test_a_champion_that_saw_with_other_eyes_is_not_compared(params):
    make_models(Path("models"), 1, encoder="one@1")
    make_models(CHAMPION, 2, encoder="another@1")
    decision = decide(params)
    assert (decision.verdict, decision.breaking) == ("promote", True) and "another@1" in decision.reasons[0]


@pytest.mark.parametrize("champion", [True, False])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_candidate_with_nan_is_never_promoted(params, value: float, champion: bool):
    if champion:
        make_models(CHAMPION, 2)
    model = load_model(Path("models/amt"))
    with torch.no_grad():
        next(model.parameters()).view(-1)[0] = value
    save_model(Path("models/amt"), model)
    decision = decide_and_write(params)
    assert decision.verdict == "reject" and "not finite" in decision.reasons[0]
    assert read_decision(decision.path) == decision


def figures(**means: float) -> Figures:
    usual = dict.fromkeys((*CHORD_FIGURES, "control", "density_rmse", "loudness_rmse", "seconds", "bytes"), 1.0) | means
    return Figures({name: np.full(4, usual[name]) for name in CHORD_FIGURES}, usual)


@pytest.mark.parametrize(
    ("name", "kept", "missed"),
    [
        ("hits1", 0.985, 0.975),
        ("control", 0.991, 0.989),
        ("density_rmse", 1.049, 1.051),
        ("loudness_rmse", 1.049, 1.051),
        ("seconds", 1.49, 1.51),
        ("bytes", 1.9, 2.1),
    ],
)
def test_every_bound_holds(default_params, name: str, kept: float, missed: float):
    gate = default_params.retrain.gate
    for value, passed in ((kept, True), (missed, False), (float("nan"), False)):
        checks = check_all(figures(**{"cross_entropy": 0.5, name: value}), figures(), gate)
        assert [check.name for check in checks if not check.passed] == ([] if passed else [name])


def test_the_paired_bootstrap(default_params):
    gate: GateParams = default_params.retrain.gate
    songs = np.random.default_rng(0).normal(1.5, 1.0, 75)  # songs differ far more than models
    gains = np.random.default_rng(1).normal(0.02, 0.05, 75)
    assert share_better(songs - gains, songs, gate) > 0.99
    assert share_better(songs, songs - gains, gate) < 0.01
    assert share_better(songs - gains, songs, gate.model_copy(update={"margin": 0.05})) < 0.01
    assert share_better(songs, songs, gate) == 0.0, "the same is not better"
    assert 0.02 < share_better(songs - gains + gains.mean() - 0.0, songs, gate) < 0.98
    higher = gate.model_copy(update={"metric": "hits1"})
    assert share_better(songs + gains, songs, higher) > 0.99
    assert share_better(np.full(3, np.nan), np.zeros(3), gate) == 0.0
