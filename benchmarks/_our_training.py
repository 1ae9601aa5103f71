"""Our side of the benchmarks of training: what a workspace's parameters cost."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer

from amt.model import Amt
from amt.model.batch import songs_to_video
from amt.model.songs import DATASET, Song
from amt.train.amt import make_task
from amt.train.amt_task import AmtTask
from amt.train.data import SongData, TrainingSongs, choose_songs
from amt.train.precision import choose_precision
from benchmarks._chords import time_chords
from benchmarks._memory import megabytes
from benchmarks._side import HELD, now, parser_of
from muvisync.params import TrainAmtParams, load_params


class Clock(Callback):
    """When the steps of these places ended, and the epoch with its validation, in seconds."""

    def __init__(self, places: tuple[int, ...], gpu: bool) -> None:
        self.places, self.gpu = places, gpu
        self.steps: list[float] = []
        self.end = 0.0

    def on_train_batch_end(self, trainer: Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if batch_idx in self.places:
            self.steps.append(now(self.gpu))

    def on_train_epoch_end(self, *_: Any) -> None:
        self.end = now(self.gpu)


def main() -> None:
    """Print a line of JSON: seconds a song of a step and of an epoch, memory, seconds of generation if asked for."""
    libraries = megabytes("VmRSS")
    wanted, params = parser_of("_our_training").parse_args(), load_params().train_amt
    if params.threads:
        torch.set_num_threads(params.threads)
    songs = choose_songs(DATASET, lambda song: song.has_chords, "chords")
    task = make_task(songs.train, params)
    found = _train(task, songs, params, wanted.warm, wanted.measured)
    found |= {"libraries": libraries, "megabytes": megabytes("VmHWM")}
    if params.accelerator == "gpu":
        found["gpu_megabytes"] = torch.cuda.max_memory_allocated() / 1e6
    if wanted.generate:
        found["generation"] = _generate(task.model.eval(), songs.train[0], wanted.generate)
    print(json.dumps(found))


def _train(task: AmtTask, songs: TrainingSongs, params: TrainAmtParams, warm: int, measured: int) -> dict[str, float]:
    """Seconds a song of the steps alone and of an epoch, with what train_amt trains with; songs repeat as needed."""
    clock = Clock((warm - 1, warm + measured - 1), params.accelerator == "gpu")
    trainer = Trainer(
        accelerator=params.accelerator,
        devices=1,
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
    size, count = params.batch_size, measured * params.batch_size
    train = list(islice(cycle(songs.train), (warm + measured) * size))
    held = list(islice(cycle(songs.val), count // HELD))
    trainer.fit(task, SongData(train, held, size, params.seed))
    began, ended = clock.steps
    return {"song": (ended - began) / count, "epoch": (clock.end - began) / count}


def _generate(model: Amt, song: Song, seconds: int) -> float:
    """Seconds for the chords of a video of `seconds` s, which repeats the song's if that is shorter."""
    again = -(-seconds // song.seconds)
    names = ("semantic", "scene_offset", "motion", "emotion", "present", "chords")
    longer = {name: getattr(song, name).repeat(again, axis=0)[:seconds] for name in names}
    return time_chords(model, songs_to_video([replace(song, **longer)]), song.mode)[0]


if __name__ == "__main__":
    main()
