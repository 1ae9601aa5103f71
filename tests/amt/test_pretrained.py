"""The models that come with the project: they load, and predict songs that they never saw better than counting does."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from amt.evaluate.chords import baseline_log_probabilities, fit_baselines, song_metrics
from amt.evaluate.held import Held
from amt.evaluate.measure_rhythm import measure_rhythm
from amt.evaluate.predict import log_softmax, songs_to_logits
from amt.model import Amt, load_model
from amt.model.songs import Song, read_songs
from muvisync.chords import chord_to_id, normalise
from muvisync.dataset.__main__ import main as build_dataset
from muvisync.params import load_params, set_params
from muvisync.pretrained import PRETRAINED
from muvisync.sample.compose import FPS, compose

REPO = Path(__file__).parents[2]
PUBLISHED = {"hits1": 0.694, "cross_entropy": 1.043}
"""On the 12 songs of the published release's validation and test splits that are in the small copy of it."""
RHYTHM = {"density": 5.239, "loudness": 0.0874}
"""Root mean squared errors on the same songs."""
COMPOSED = {"hits1": 0.477, "cross_entropy": 2.102}
"""On the compositions of the sample's first 12 clips, which are nothing like pop songs."""


@pytest.fixture(scope="module")
def amt():
    return load_model(PRETRAINED / "amt")


def test_it_has_the_figures_of_its_card_on_published_songs(amt, muvi_sync_mini, tmp_path, monkeypatch):
    held, train = published_songs(muvi_sync_mini, tmp_path, monkeypatch)
    own, counted = figures(amt, held, train)
    assert own["cross_entropy"] == pytest.approx(PUBLISHED["cross_entropy"], abs=0.01)
    assert own["hits1"] == pytest.approx(PUBLISHED["hits1"], abs=0.005)
    assert own["cross_entropy"] < counted["cross_entropy"] - 0.1
    assert own["hits1"] > counted["hits1"]


def test_it_has_the_figures_of_its_card_on_compositions_without_a_picture(amt):
    own, counted = figures(amt, [sample_song(index) for index in range(12)], [sample_song(12)])
    assert own["cross_entropy"] == pytest.approx(COMPOSED["cross_entropy"], abs=0.01)
    assert own["hits1"] == pytest.approx(COMPOSED["hits1"], abs=0.005)
    assert own["cross_entropy"] < counted["cross_entropy"]


def test_the_regressor_is_nearer_to_published_songs_than_their_mean(muvi_sync_mini, tmp_path, monkeypatch):
    held, train = published_songs(muvi_sync_mini, tmp_path, monkeypatch)
    model = load_model(PRETRAINED / "rhythm")
    found = measure_rhythm(Held("test", held, train, held), [model], load_params().evaluate)
    for target, rmse in RHYTHM.items():
        assert found[target]["model"]["rmse"] == pytest.approx(rmse, rel=0.01)
        assert found[target]["model"]["rmse"] < 0.95 * found[target]["mean"]["rmse"]
        assert found[target]["model"]["correlation"] > 0.3
        assert found[target]["other"]["change"]["rmse"]["difference"] > 0, "another video does no harm"


def figures(amt: Amt, held: list[Song], train: list[Song]) -> list[dict[str, float]]:
    """Of the model, and of the in-song memory that counts on top of `train`."""
    params = load_params().evaluate
    own = [log_softmax(table) for table in songs_to_logits(amt, held, batch_size=4)]
    counted = baseline_log_probabilities(fit_baselines(train, params), held)["memory"]
    tables = [song_metrics(held, each, "all") for each in (own, counted)]
    return [{name: float(values.mean()) for name, values in table.items()} for table in tables]


def published_songs(release: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Song], list[Song]]:
    """Those of the validation and test splits, and those of the training split."""
    monkeypatch.chdir(folder)
    shutil.copy(REPO / "params.yaml", folder)
    set_params([f"dataset.published={release}"])
    build_dataset()
    songs = read_songs()
    return [song for song in songs if song.split != "train"], [song for song in songs if song.split == "train"]


def sample_song(index: int) -> Song:
    """A composition of the sample as a song without a picture: its true chords, in C major or A minor."""
    composition = compose(index)
    ends = np.array([chord.end for chord in composition.chords])
    labels = [normalise(chord.label, composition.key) for chord in composition.chords]
    seconds = int(np.ceil(composition.frames / FPS))
    middles = np.minimum((np.arange(seconds) + 0.5) * FPS, ends[-1] - 1)
    nothing = np.zeros(seconds, np.float32)
    return Song(
        video_id=f"sample-{index:02d}",
        split="test",
        mode=composition.key.mode,
        semantic=np.zeros((seconds, 768), np.float16),
        scene_offset=nothing,
        motion=nothing,
        emotion=np.zeros((seconds, 6), np.float32),
        present=np.zeros((seconds, 4), bool),
        chords=np.array([chord_to_id(labels[place]) for place in np.searchsorted(ends, middles, side="right")]),
        density=nothing * np.nan,
        loudness=nothing * np.nan,
    )
