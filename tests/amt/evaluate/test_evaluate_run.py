"""The whole stage on synthetic songs: what it writes, and that the control shows a model that looks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.amt.synthetic_songs import make_song, small_songs, without_chords, without_video, write_dataset

from amt.evaluate.evaluate import evaluate
from amt.evaluate.held import choose_held_songs
from amt.model import load_model, save_model
from amt.model.songs import NoSongs
from amt.train.amt import train_amt
from amt.train.rhythm import train_rhythm

DATA, REPORT = Path("data/dataset"), Path("reports/evaluate")


def run(params) -> dict:
    train_amt(params.train_amt)
    train_rhythm(params.train_rhythm)
    evaluate(params.evaluate)
    return json.loads((REPORT / "metrics.json").read_text())


def test_amt_learns_what_the_picture_says_and_the_control_shows_it(workspace, tiny_params):
    songs = [make_song(f"train{i}", 24) for i in range(24)]
    songs += [make_song(f"{split}{i}", 24, split) for split in ("val", "test") for i in range(6)]
    write_dataset(DATA, songs)
    fit = {"epochs": 25, "patience": 25, "learning_rate": 0.003, "batch_size": 4}
    sizes = {"width": 64, "heads": 4, "decoder_layers": 2, "feedforward": 128}
    metrics = run(tiny_params(train_amt=fit | sizes, train_rhythm=fit | {"epochs": 12}))
    chords, control = metrics["chords"], metrics["control"]
    assert chords["amt"]["all"]["hits1"] > 0.9 > 0.7 > chords["bigram"]["all"]["hits1"]
    assert chords["amt"]["all"]["cross_entropy"] < chords["memory"]["all"]["cross_entropy"]
    assert control["cross_entropy"]["interval"][0] > 0.3, "another video's features should make it worse"
    assert control["hits1"]["interval"][1] < -0.05
    changes = {name: part["cross_entropy"]["difference"] for name, part in control["parts"].items()}
    assert changes["without all"] > 0.1
    free = metrics["free_running"]["rows"]
    assert free["amt"]["chord_divergence"] < 0.3
    assert set(free) == {"real", "amt", "amt composing", "memory"}
    for target in ("density", "loudness"):
        figures = metrics["rhythm"][target]
        assert figures["model"]["correlation"] > 0.9
        assert figures["model"]["rmse"] < 0.5 * figures["mean"]["rmse"] < 0.5 * figures["other"]["rmse"]
        assert figures["model"]["std_ratio"] > 0.8
        assert figures["other"]["change"]["rmse"]["interval"][0] > 0, "another video's features should make it worse"
        assert figures["without all"]["change"]["correlation"]["difference"] > 0.5


def test_the_control_shows_a_model_that_does_not_look(workspace, tiny_params):
    write_dataset(DATA, small_songs())
    params = tiny_params()
    run(params)
    model = load_model(Path("models/amt"))
    model.encoder.project.weight.data.zero_()
    save_model(Path("models/amt"), model)
    evaluate(params.evaluate)
    control = json.loads((REPORT / "metrics.json").read_text())["control"]
    assert control["cross_entropy"]["difference"] == control["hits1"]["difference"] == 0
    assert control["cross_entropy"]["interval"] == [0, 0]
    for changes in control["parts"].values():
        assert changes["cross_entropy"]["difference"] == 0


def test_outputs_are_complete_and_the_same_again(workspace, tiny_params):
    songs = [
        *small_songs(),
        without_video(make_song("test7", 5, "test")),
        without_chords(make_song("test8", 5, "test")),
    ]
    write_dataset(DATA, songs)
    params = tiny_params()
    metrics = run(params)
    first = {path.name: path.read_bytes() for path in REPORT.iterdir()}
    evaluate(params.evaluate)
    assert first == {path.name: path.read_bytes() for path in REPORT.iterdir()}
    assert (metrics["split"], metrics["songs"], metrics["seconds"]) == ("test", 4, 53)
    assert set(metrics["chords"]) == {"amt", "repeat", "bigram", "memory"}
    for scores in metrics["chords"].values():
        assert all(scores[part][name] is not None for part in ("all", "changes") for name in ("hits1", "cross_entropy"))
        low, high = scores["interval"]["all"]["hits1"]
        assert low <= scores["all"]["hits1"] <= high
    assert metrics["control"]["songs"] == 3
    assert 0 <= metrics["chords"]["amt"]["calibration"]["error"] <= 1
    songs = pq.read_table(REPORT / "songs.parquet").to_pylist()
    assert len(songs) == 4 * 4 * 2  # songs, models, parts
    own = [row["hits1"] for row in songs if row["model"] == "amt" and row["part"] == "all"]
    assert np.mean(own) == pytest.approx(metrics["chords"]["amt"]["all"]["hits1"], abs=1e-4)
    rows = pq.read_table(REPORT / "predictions.parquet").to_pydict()
    assert len(rows["second"]) == 53
    assert None not in rows["chord_true"] + rows["chord_predicted"] + rows["density_true"] + rows["loudness_predicted"]
    plots = json.loads((REPORT / "plots.json").read_text())
    for part in ("roots", "qualities"):
        assert np.sum(plots[part]["counts"]) == 53
        assert len(plots[part]["labels"]) == len(plots[part]["counts"])
    assert sum(chord["true"] for chord in plots["chords"]) == 53
    assert all(sum(bin_["steps"] for bin_ in bins) == 53 for bins in plots["calibration"].values())


def test_free_running_can_be_turned_off(workspace, tiny_params):
    write_dataset(DATA, small_songs())
    assert run(tiny_params(evaluate={"free_running_songs": 0, "control_partners": 1}))["free_running"] is None


@pytest.mark.parametrize("splits", [("train",), ("train", "val")])
def test_without_a_test_split_another_is_used_and_named(workspace, tiny_params, splits):
    write_dataset(DATA, [make_song(f"{split}{i}", i + 1, split) for split in splits for i in range(2)])
    metrics = run(tiny_params())
    assert (metrics["split"], metrics["split_wanted"]) == (splits[-1], "test")


def test_one_song_of_one_second_is_no_crash(workspace, tiny_params):
    write_dataset(DATA, [make_song("a", 1)])
    metrics = run(tiny_params())
    assert "cross_entropy" not in metrics["control"], "there is no other video"
    assert metrics["control"]["parts"]["without all"]["cross_entropy"]["interval"] is None
    assert metrics["chords"]["amt"]["changes"]["hits1"] is None


def test_no_chords_anywhere_names_the_next_step():
    with pytest.raises(NoSongs, match="muvisync status"):
        choose_held_songs([without_chords(make_song("a", 3))], "test")
