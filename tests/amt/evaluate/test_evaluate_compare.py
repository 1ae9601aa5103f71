"""Several models in one table, by the command."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.amt.synthetic_songs import small_songs, write_dataset

from amt.evaluate.__main__ import main
from amt.model import Amt, AmtConfig, ModelError, Rhythm, RhythmConfig, save_model
from muvisync.errors import UserError

SMALL = AmtConfig(width=16, heads=2, encoder_layers=1, decoder_layers=1, feedforward=16)
PARAMS = Path(__file__).parents[3] / "params.yaml"


@pytest.fixture
def models(workspace, monkeypatch) -> Path:
    text = (
        PARAMS.read_text().replace("resamples: 1000", "resamples: 20").replace("accelerator: auto", "accelerator: cpu")
    )
    Path("params.yaml").write_text(text)
    write_dataset(Path("held/dataset"), small_songs())
    for seed in (0, 1):
        torch.manual_seed(seed)
        model = Amt(SMALL)
        [torch.nn.init.normal_(weight) for weight in model.decoder.parameters()]
        save_model(Path(f"models/{seed}"), model)
    save_model(Path("models/rhythm"), Rhythm(RhythmConfig(hidden=4, layers=1)))
    return workspace


def run(monkeypatch, *arguments: str) -> dict:
    command = ["amt.evaluate", "--dataset", "held/dataset", "--out", "figures.json", *arguments]
    monkeypatch.setattr(sys, "argv", command)
    main()
    return json.loads(Path("figures.json").read_text())


def test_seeds_are_averaged_song_by_song(models, monkeypatch, capsys):
    single = [run(monkeypatch, "--model", "one", f"models/{seed}") for seed in (0, 1)]
    capsys.readouterr()
    both = run(monkeypatch, "--model", "ours", "models/0", "models/1", "--model", "other", "models/1")
    for key in ("hits1", "cross_entropy", "hits5"):
        wanted = np.mean([figures["chords"]["one"]["all"][key] for figures in single])
        assert both["chords"]["ours"]["all"][key] == pytest.approx(wanted, abs=1e-4)
    assert both["chords"]["other"] == single[1]["chords"]["one"]
    ours, other = (both["chords"][name]["all"]["hits1"] for name in ("ours", "other"))
    assert both["against"]["ours"]["other"]["hits1"]["difference"] == pytest.approx(ours - other, abs=1e-4)
    table = capsys.readouterr().out
    for words in ("| ours (2 seeds) |", "| memory |", "| ours - memory |", "without emotion", "| ours composing |"):
        assert words in table


def test_a_regressor_is_measured_by_its_own_figures(models, monkeypatch, capsys):
    figures = run(monkeypatch, "--model", "rhythm", "models/rhythm", "models/rhythm")
    assert "chords" not in figures and figures["seeds"] == {"rhythm": 2}
    assert figures["rhythm"]["rhythm"]["density"]["model"]["rmse"] > 0
    table = capsys.readouterr().out
    for words in ("| rhythm (2 seeds) | density |", "| mean of the training songs | loudness |", "another video"):
        assert words in table


def test_the_split_can_be_chosen(models, monkeypatch):
    assert run(monkeypatch, "--model", "one", "models/0", "--split", "train")["split"] == "train"


def test_mistakes_are_told(models, monkeypatch):
    with pytest.raises(UserError, match="a name and then one folder"):
        run(monkeypatch, "--model", "models/0")
    with pytest.raises(UserError, match="the same name"):
        run(monkeypatch, "--model", "a", "models/0", "--model", "a", "models/1")
    with pytest.raises(ModelError, match="a: an AMT and a regressor under one name"):
        run(monkeypatch, "--model", "a", "models/rhythm", "models/0")
    shutil.rmtree("models/0")
    with pytest.raises(ModelError, match="has no model"):
        run(monkeypatch, "--model", "a", "models/0")
