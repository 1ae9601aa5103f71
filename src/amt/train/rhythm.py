"""Stage train_rhythm: the regressor for note density and loudness from the dataset."""

from __future__ import annotations

from pathlib import Path

from amt.model import Rhythm, RhythmConfig
from amt.model.songs import DATASET
from amt.train.data import choose_songs
from amt.train.fit import fit
from amt.train.rhythm_task import RhythmTask
from amt.train.statistics import set_feature_statistics, set_target_statistics
from muvisync.params import TrainRhythmParams

_SIZES = ("network", "hidden", "layers", "dropout")


def train_rhythm(params: TrainRhythmParams, dataset: Path = DATASET) -> None:
    """Train on the songs that have a density or a loudness. Raises NoSongs, or UserError on divergence."""
    songs = choose_songs(dataset, lambda song: song.has_rhythm, "a note density or loudness")

    def make_task() -> RhythmTask:
        model = Rhythm(RhythmConfig(**{name: getattr(params, name) for name in _SIZES}))
        set_feature_statistics(model.features, songs.train)
        set_target_statistics(model, songs.train)
        return RhythmTask(model, params)

    fit("rhythm", songs, params, dataset, "loss", make_task)
