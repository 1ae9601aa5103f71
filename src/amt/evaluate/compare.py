"""Several models beside each other and beside counting, on the same songs: the figures of the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from amt.evaluate.chords import fit_baselines
from amt.evaluate.free_running import free_running_figures
from amt.evaluate.held import choose_held_songs
from amt.evaluate.measure import chord_figures, look_figures, measure_amt, measure_baselines, pair_figures
from amt.evaluate.predict import choose_device
from amt.evaluate.tables import rounded
from amt.model import Amt, ModelError, load_model
from amt.model.songs import read_songs
from muvisync.params import EvaluateParams


def compare(models: Mapping[str, Sequence[Path]], dataset: Path, params: EvaluateParams) -> dict[str, object]:
    """Figures of each model by its name, and of the baselines, with 95 % intervals over songs.

    Args:
        models: folders of AMTs; those of one name are seeds, whose figures are averaged song by song.

    Returns:
        As reports/evaluate/metrics.json, but `control` by model; without rhythm.

    Raises:
        NoSongs: no split has a song with chords.
        ModelError: a folder has no usable AMT.
    """
    device = choose_device(params)
    loaded = {name: [_load_amt(folder).to(device) for folder in folders] for name, folders in models.items()}
    held = choose_held_songs(read_songs(dataset), params.split)
    counted = fit_baselines(held.train, params)
    measured = {name: [measure_amt(model, held, params) for model in seeds] for name, seeds in loaded.items()}
    rows = measured | {name: [each] for name, each in measure_baselines(counted, held).items()}
    figures = held.about(params.split) | {
        "seeds": {name: len(seeds) for name, seeds in measured.items()},
        "chords": {name: chord_figures(seeds, params) for name, seeds in rows.items()},
        "against": pair_figures(rows, measured, params),
        "control": {name: look_figures(seeds, params) for name, seeds in measured.items()},
        "free_running": free_running_figures(loaded, counted.memory, held, params),
    }
    return rounded(figures)


def _load_amt(folder: Path) -> Amt:
    model = load_model(folder)
    if not isinstance(model, Amt):
        raise ModelError(f"{folder} is a model of note density and loudness; name a folder with an AMT")
    return model
