"""A GPU computes what the CPU does, trains, evaluates and goes on after a kill."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.amt.killing import Killed, kill_after
from tests.amt.synthetic_songs import make_song, small_songs, write_dataset

from amt.evaluate.evaluate import evaluate
from amt.evaluate.predict import songs_to_logits, songs_to_rhythm
from amt.model import load_model
from amt.train.amt import train_amt
from amt.train.rhythm import train_rhythm
from muvisync.files import file_hash
from muvisync.params import Params

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")]

PRETRAINED = Path(__file__).parents[2] / "models/pretrained"
DATA = Path("data/dataset")


@pytest.mark.parametrize(("name", "predict"), [("amt", songs_to_logits), ("rhythm", songs_to_rhythm)])
def test_a_gpu_computes_what_the_cpu_does(name: str, predict):
    songs, model = [make_song("a", 290), make_song("b", 120)], load_model(PRETRAINED / name)
    here, there = predict(model, songs, 2), predict(model.cuda(), songs, 2)
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("precision", ["32-true", "auto"])
def test_training_and_evaluation_on_a_gpu(workspace, tiny_params, precision: str):
    write_dataset(DATA, small_songs())
    fit = {"accelerator": "gpu", "precision": precision, "epochs": 12, "patience": 12, "learning_rate": 0.005}
    params = tiny_params(train_amt=fit, train_rhythm=fit)
    train_amt(params.train_amt)
    train_rhythm(params.train_rhythm)
    for name, figure in (("amt", "chords"), ("rhythm", "loss")):
        losses = _curve(Path(f"reports/train_{name}/plots/metrics/val/{figure}.tsv"))
        assert losses[-1] < 0.9 * losses[0]
    there, here = (_evaluate(params, accelerator) for accelerator in ("gpu", "cpu"))
    for figure in ("cross_entropy", "hits1", "hits5"):
        assert there["chords"]["amt"]["all"][figure] == pytest.approx(here["chords"]["amt"]["all"][figure], abs=2e-3)
    rmse = [figures["rhythm"]["density"]["model"]["rmse"] for figures in (there, here)]
    assert rmse[0] == pytest.approx(rmse[1], rel=1e-3)


def test_training_on_a_gpu_gives_the_same_bytes_again(workspace, tiny_params):
    write_dataset(DATA, small_songs())
    params = tiny_params(train_amt={"accelerator": "gpu"}, train_rhythm={"accelerator": "gpu"})
    hashes = []
    for _ in range(2):
        train_amt(params.train_amt)
        train_rhythm(params.train_rhythm)
        hashes.append([file_hash(file) for file in sorted(Path("models").rglob("*.safetensors"))])
    assert len(hashes[0]) == 2
    assert hashes[0] == hashes[1]


def test_a_killed_training_on_a_gpu_goes_on(workspace, tiny_params, monkeypatch, capsys):
    write_dataset(DATA, small_songs())
    params = tiny_params(train_amt={"accelerator": "gpu", "epochs": 6, "patience": 6}).train_amt
    train_amt(params)
    undisturbed = _curve(Path("reports/train_amt/plots/metrics/val/chords.tsv"))
    with monkeypatch.context() as patch:
        kill_after(patch, epochs=3)
        with pytest.raises(Killed):
            train_amt(params)
    capsys.readouterr()
    train_amt(params)
    assert "epoch 3/" not in capsys.readouterr().out
    assert _curve(Path("reports/train_amt/plots/metrics/val/chords.tsv")) == pytest.approx(undisturbed, abs=0.01)


def _curve(file: Path) -> list[float]:
    return [float(line.split("\t")[1]) for line in file.read_text().splitlines()[1:]]


def _evaluate(params: Params, accelerator: str) -> dict:
    evaluate(params.evaluate.model_copy(update={"accelerator": accelerator}))
    return json.loads(Path("reports/evaluate/metrics.json").read_text())
