"""Several models beside each other and beside counting, on the same songs: the figures of the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from torch import nn

from amt.evaluate.chords import fit_baselines
from amt.evaluate.free_running import free_running_figures
from amt.evaluate.held import Held, choose_held_songs
from amt.evaluate.measure import chord_figures, look_figures, measure_amt, measure_baselines, pair_figures
from amt.evaluate.measure_rhythm import measure_rhythm
from amt.evaluate.predict import choose_device
from amt.evaluate.tables import rounded
from amt.model import Amt, ModelError, Rhythm, load_model
from amt.model.songs import read_songs
from muvisync.params import EvaluateParams

M = TypeVar("M", Amt, Rhythm)


def compare(models: Mapping[str, Sequence[Path]], dataset: Path, params: EvaluateParams) -> dict[str, object]:
    """Figures of each model by its name, and of the baselines, with 95 % intervals over songs.

    Args:
        models: folders of AMTs or of regressors; those of one name are seeds, whose figures are averaged song by song.

    Returns:
        As reports/evaluate/metrics.json, but `control` and `rhythm` by model; without what no model is there for.

    Raises:
        NoSongs: no split has a song with chords.
        ModelError: a folder has no usable model, or those of one name are of two kinds.
    """
    device = choose_device(params)
    loaded = {name: [load_model(folder).to(device) for folder in folders] for name, folders in models.items()}
    amts, regressors = _by_kind(loaded, Amt), _by_kind(loaded, Rhythm)
    if mixed := sorted(loaded.keys() - amts.keys() - regressors.keys()):
        raise ModelError(f"{mixed[0]}: an AMT and a regressor under one name; give each a name of its own")
    held = choose_held_songs(read_songs(dataset), params.split)
    figures = held.about(params.split) | {"seeds": {name: len(seeds) for name, seeds in loaded.items()}}
    figures |= _compare_chords(amts, held, params) if amts else {}
    figures["rhythm"] = {name: measure_rhythm(held, seeds, params) for name, seeds in regressors.items()}
    return rounded(figures)


def _by_kind(loaded: Mapping[str, Sequence[nn.Module]], kind: type[M]) -> dict[str, list[M]]:
    return {name: list(seeds) for name, seeds in loaded.items() if all(isinstance(each, kind) for each in seeds)}


def _compare_chords(amts: Mapping[str, Sequence[Amt]], held: Held, params: EvaluateParams) -> dict[str, object]:
    counted = fit_baselines(held.train, params)
    measured = {name: [measure_amt(model, held, params) for model in seeds] for name, seeds in amts.items()}
    rows = measured | {name: [each] for name, each in measure_baselines(counted, held).items()}
    return {
        "chords": {name: chord_figures(seeds, params) for name, seeds in rows.items()},
        "against": pair_figures(rows, measured, params),
        "control": {name: look_figures(seeds, params) for name, seeds in measured.items()},
        "free_running": free_running_figures(amts, counted.memory, held, params),
    }
