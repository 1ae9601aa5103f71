"""Stage train_amt: the Affective Multimodal Transformer from the dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from amt.model import Amt, AmtConfig
from amt.model.songs import DATASET, Song
from amt.train.amt_task import AmtTask
from amt.train.data import choose_songs
from amt.train.fit import fit
from amt.train.statistics import set_feature_statistics, set_transitions
from muvisync.params import TrainAmtParams


def params_to_config(params: TrainAmtParams) -> AmtConfig:
    """The model's sizes of the section `train_amt`."""
    return AmtConfig(**{f.name: getattr(params, f.name) for f in fields(AmtConfig) if hasattr(params, f.name)})


def make_task(songs: Sequence[Song], params: TrainAmtParams) -> AmtTask:
    """A new model and what teaches it, with the statistics of the training songs."""
    model = Amt(params_to_config(params))
    set_feature_statistics(model.encoder.features, songs)
    if model.config.pointers:
        set_transitions(model.decoder, songs)
    return AmtTask(model, params)


def train_amt(params: TrainAmtParams, dataset: Path = DATASET) -> None:
    """Train on the songs that have chords. Raises NoSongs when there is none, UserError when it diverges."""
    songs = choose_songs(dataset, lambda song: song.has_chords, "chords")
    fit("amt", songs, params, dataset, "chords", lambda: make_task(songs.train, params))
