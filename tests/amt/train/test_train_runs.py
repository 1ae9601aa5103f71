"""Whole trainings of very small models: outputs, determinism, resume, and everything that may be missing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tests.amt.killing import Killed, kill_after
from tests.amt.synthetic_songs import make_song, small_songs, without_chords, without_video, write_dataset

from amt.model import Amt, load_model
from amt.model.songs import NoSongs
from amt.train.__main__ import main
from amt.train.amt import train_amt
from amt.train.rhythm import train_rhythm
from muvisync.errors import UserError, run_main
from muvisync.files import file_hash

DATA = Path("data/dataset")
MODEL = Path("models/amt/model.safetensors")
CACHE = Path("data/cache/train/amt")


def outputs() -> dict[str, str]:
    files = [*Path("models").rglob("*"), *Path("reports").rglob("*")]
    return {str(path): file_hash(path) for path in sorted(files) if path.is_file()}


def test_train_writes_models_and_curves_and_the_same_bytes_again(workspace, tiny_params, capsys):
    write_dataset(DATA, small_songs())
    runs = []
    for _ in range(2):
        train_amt(tiny_params().train_amt)
        train_rhythm(tiny_params().train_rhythm)
        runs.append(outputs())
    assert runs[0] == runs[1]
    figures = json.loads(Path("reports/train_amt/metrics.json").read_text())
    assert {"loss", "chords", "affective", "hits1"} <= figures["val"].keys()
    assert Path("reports/train_amt/plots/metrics/val/chords.tsv").read_text().count("\n") == 4
    assert isinstance(load_model(Path("models/amt")), Amt)
    assert not CACHE.exists()
    assert not Path("dvc.yaml").exists()
    assert "epoch 3/3" in capsys.readouterr().out


def test_both_models_train_in_mixed_precision_too(workspace, tiny_params):
    write_dataset(DATA, small_songs())
    train_amt(tiny_params(train_amt={"precision": "bf16-mixed", "pointers": 8}).train_amt)
    train_rhythm(tiny_params(train_rhythm={"precision": "bf16-mixed"}).train_rhythm)
    for stage in ("train_amt", "train_rhythm"):
        first, *_, last = Path(f"reports/{stage}/plots/metrics/train/loss.tsv").read_text().split()[3::2]
        assert float(last) < float(first)
    assert all(values.dtype != torch.bfloat16 for values in load_model(Path("models/amt")).state_dict().values())


def test_the_published_regressor_is_trained_as_published(workspace, tiny_params):
    write_dataset(DATA, small_songs())
    train_rhythm(tiny_params(train_rhythm={"network": "gru", "correlation_weight": 0.0, "spread": 0.0}).train_rhythm)
    figures = json.loads(Path("reports/train_rhythm/metrics.json").read_text())
    assert figures["val"]["loss"] == figures["val"]["squares"]
    model = load_model(Path("models/rhythm"))
    assert model.config.network == "gru"
    assert (model.stretch == 1).all()


def test_a_killed_training_goes_on_and_ends_like_an_undisturbed_one(workspace, tiny_params, monkeypatch, capsys):
    write_dataset(DATA, small_songs())
    params = tiny_params(train_amt={"epochs": 4}).train_amt
    train_amt(params)
    undisturbed = outputs()
    with monkeypatch.context() as patch:
        kill_after(patch, epochs=2)
        with pytest.raises(Killed):
            train_amt(params)
    capsys.readouterr()
    train_amt(params)
    said = capsys.readouterr().out
    assert "going on from its last epoch" in said
    assert "epoch 1/4" not in said
    assert "epoch 3/4" in said
    assert outputs() == undisturbed


def test_a_long_epoch_says_how_far_it_is(workspace, tiny_params, monkeypatch, capsys):
    write_dataset(DATA, small_songs())
    monkeypatch.setattr("amt.train.history._QUIET", 0.0)
    train_amt(tiny_params(train_amt={"batch_size": 2, "epochs": 2}).train_amt)
    within = [line for line in capsys.readouterr().out.splitlines() if "steps" in line]
    assert len(within) == 2 * 3, "4 steps an epoch, of which the last has the epoch's own line"
    assert re.search(r"epoch 2/2  3 of 4 steps  loss \d\.\d+  .* s left of it, at most .* s of all", within[-1])


@pytest.mark.parametrize("change", ["parameters", "dataset"])
def test_another_training_starts_afresh_and_says_so(workspace, tiny_params, monkeypatch, capsys, change):
    write_dataset(DATA, small_songs())
    with monkeypatch.context() as patch:
        kill_after(patch, epochs=1)
        with pytest.raises(Killed):
            train_amt(tiny_params().train_amt)
    params = tiny_params(train_amt={"dropout": 0.2} if change == "parameters" else {}).train_amt
    if change == "dataset":
        write_dataset(DATA, small_songs()[1:])
    capsys.readouterr()
    train_amt(params)
    said = capsys.readouterr().out
    assert f"the {change} changed: starting afresh" in said
    assert "epoch 1/3" in said


def test_one_song_of_one_second_without_validation_is_enough(workspace, tiny_params, capsys):
    write_dataset(DATA, [make_song("a", 1)])
    train_amt(tiny_params().train_amt)
    train_rhythm(tiny_params().train_rhythm)
    assert "no validation songs: the training loss decides" in capsys.readouterr().out
    assert MODEL.is_file()


def test_videos_without_chords_are_counted_and_videos_without_pictures_are_used(workspace, tiny_params, capsys):
    blind = [without_video(make_song(f"blind{i}", 5)) for i in range(2)]
    write_dataset(DATA, [*blind, without_chords(make_song("mute", 7)), replace(make_song("val", 4), split="val")])
    train_amt(tiny_params(train_amt={"batch_size": 1}).train_amt)
    said = capsys.readouterr().out
    assert "2 songs to learn from, 1 to validate" in said
    assert "left out 1 videos that have nothing to learn from: mute" in said
    assert all(torch.isfinite(t).all() for t in load_model(Path("models/amt")).state_dict().values())


@pytest.mark.parametrize("songs", [[], [without_chords(make_song("a", 4))], [make_song("a", 4, split="test")]])
def test_nothing_to_train_on_is_one_clear_error(workspace, tiny_params, songs):
    write_dataset(DATA, songs)
    with pytest.raises(NoSongs, match="muvisync"):
        train_amt(tiny_params().train_amt)


def test_a_training_that_diverges_says_what_to_change(workspace, tiny_params, monkeypatch):
    write_dataset(DATA, [make_song("a", 4)])
    monkeypatch.setattr("amt.train.rhythm_task.masked_squares", lambda predicted, *_: predicted.sum() * float("nan"))
    with pytest.raises(UserError, match=r"lower train_rhythm\.learning_rate"):
        train_rhythm(tiny_params().train_rhythm)


def test_the_command_ends_with_one_line_and_status_1(workspace, default_params, monkeypatch, capsys):
    (workspace / "params.yaml").write_text(json.dumps(default_params.model_dump()))
    monkeypatch.setattr("sys.argv", ["amt.train", "amt"])
    with pytest.raises(SystemExit) as ended:
        run_main(main)
    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: there is no dataset in data/dataset; make it with `muvisync run`"
    ]
