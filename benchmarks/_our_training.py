"""Our side of `benchmarks.training`: `python -m benchmarks._our_training SECONDS` in a workspace with a dataset."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer

from amt.model import Amt
from amt.model.batch import songs_to_video
from amt.model.songs import DATASET, Song
from amt.train.amt import params_to_config
from amt.train.amt_task import AmtTask
from amt.train.data import SongData, TrainingSongs, choose_songs
from amt.train.precision import choose_precision
from benchmarks._chords import time_chords
from benchmarks._memory import megabytes
from muvisync.params import TrainAmtParams, load_params

_WARM, _MEASURED, _HELD = 2, 8, 2  # songs


class Clock(Callback):
    """When each step ended, and the epoch with its validation: processor seconds."""

    def __init__(self) -> None:
        self.steps: list[float] = []
        self.end = 0.0

    def on_train_batch_end(self, *_: Any) -> None:
        self.steps.append(time.process_time())

    def on_train_epoch_end(self, *_: Any) -> None:
        self.end = time.process_time()


def main(seconds: int) -> None:
    """Print a line of JSON: seconds a song of a step and of an epoch, memory, seconds of generation."""
    libraries = megabytes("VmRSS")
    params = load_params().train_amt
    torch.set_num_threads(params.threads)
    songs = choose_songs(DATASET, lambda song: song.has_chords, "chords")
    model = Amt(params_to_config(params))
    song, epoch = _train(model, songs, params)
    memory = {"libraries": libraries, "megabytes": megabytes("VmHWM")}
    generation = _generate(model.eval(), songs.train[0], seconds)
    print(json.dumps({"song": song, "epoch": epoch, **memory, "generation": generation}))


def _train(model: Amt, songs: TrainingSongs, params: TrainAmtParams) -> tuple[float, float]:
    """Seconds a song of the steps alone and of an epoch, with what train_amt trains with."""
    clock = Clock()
    trainer = Trainer(
        accelerator=params.accelerator,
        max_epochs=1,
        precision=choose_precision(params.precision, params.accelerator),
        gradient_clip_val=params.gradient_clip,
        num_sanity_val_steps=0,
        callbacks=[clock],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    train, held = songs.train[: _WARM + _MEASURED], songs.val[:_HELD]
    trainer.fit(AmtTask(model, params), SongData(train, held, params.batch_size, params.seed))
    began = clock.steps[_WARM - 1]
    return (clock.steps[-1] - began) / _MEASURED, (clock.end - began) / _MEASURED


def _generate(model: Amt, song: Song, seconds: int) -> float:
    """Seconds for the chords of a video of `seconds` s, which repeats the song's if that is shorter."""
    again = -(-seconds // song.seconds)
    names = ("semantic", "scene_offset", "motion", "emotion", "present", "chords")
    longer = {name: getattr(song, name).repeat(again, axis=0)[:seconds] for name in names}
    return time_chords(model, songs_to_video([replace(song, **longer)]), song.mode)[0]


if __name__ == "__main__":
    main(int(sys.argv[1]))
