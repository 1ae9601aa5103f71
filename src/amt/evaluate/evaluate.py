"""Stage evaluate: reports/evaluate/metrics.json, plots.json, songs.parquet and predictions.parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from amt.evaluate.calibration import reliability_bins
from amt.evaluate.chords import fit_baselines
from amt.evaluate.free_running import free_running_figures
from amt.evaluate.held import Held, choose_held_songs
from amt.evaluate.measure import Measured, chord_figures, look_figures, measure_amt, measure_baselines, pair_figures
from amt.evaluate.measure_rhythm import measure_rhythm
from amt.evaluate.predict import choose_device, songs_to_rhythm
from amt.evaluate.summary import print_summary
from amt.evaluate.tables import count_plots, rounded, write_predictions, write_song_scores
from amt.model import load_model
from amt.model.songs import DATASET, read_songs
from muvisync.files import write_json
from muvisync.params import EvaluateParams

REPORT, MODELS = Path("reports/evaluate"), Path("models")


def evaluate(params: EvaluateParams, dataset: Path = DATASET, models: Path = MODELS, report: Path = REPORT) -> None:
    """Measure both models and write the report's figures.

    Raises:
        NoSongs: no split has a song with chords.
        ModelError: a model is missing or broken.
    """
    held = choose_held_songs(read_songs(dataset), params.split)
    device = choose_device(params)
    amt, regressor = (load_model(models / name).to(device) for name in ("amt", "rhythm"))
    counted = fit_baselines(held.train, params)
    measured = {"amt": measure_amt(amt, held, params)} | measure_baselines(counted, held)
    rhythm = songs_to_rhythm(regressor, held.songs, params.batch_size)
    metrics = held.about(params.split) | {
        "chords": {name: chord_figures([each], params) for name, each in measured.items()},
        "against": pair_figures({name: [each] for name, each in measured.items()}, ["amt"], params)["amt"],
        "control": look_figures([measured["amt"]], params),
        "free_running": free_running_figures({"amt": [amt]}, counted.memory, held, params),
        "rhythm": measure_rhythm(held, [regressor], params),
    }
    write_json(report / "metrics.json", rounded(metrics))
    _write_tables(report, held, measured, rhythm)
    print_summary(metrics)


def _write_tables(report: Path, held: Held, measured: dict[str, Measured], rhythm: Sequence[np.ndarray]) -> None:
    predicted = measured["amt"].predicted
    write_predictions(report / "predictions.parquet", held.songs, predicted, rhythm)
    write_song_scores(report / "songs.parquet", held.songs, {name: each.parts for name, each in measured.items()})
    bins = {name: reliability_bins(each.reliability) for name, each in measured.items()}
    write_json(report / "plots.json", rounded(count_plots(held.songs, predicted) | {"calibration": bins}))
