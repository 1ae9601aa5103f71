"""Whether sampled harmony is as rich as real: `python -m benchmarks variety [DATASET]`.

The chords of up to 40 validation songs that have a picture, their first 40 s, beside what the model that comes with the
project makes for those videos, at several temperatures and longest holds, with those that `generate` takes unasked.
The figures are those of free running in the report. The pair that `generate` uses was chosen by this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from amt.evaluate.free_running import measure_progressions
from amt.evaluate.sampling import choose_songs, sample_model
from amt.model import load_model
from amt.model.decode import LONGEST_HOLD, Sampling
from amt.model.songs import DATASET, Song, read_songs
from muvisync.params import load_params
from muvisync.pretrained import PRETRAINED

SECONDS, SONGS = 40, 40
LEAST, MOST = 0.9, 1.1
"""Shares of the real songs' figures within which `generate` must be."""
_TRIED = ((0.8, 4), (0.8, 8), (0.9, 4), (0.9, 8), (1.0, 4), (1.0, 8))
_TOLD = ("change_rate", "different", "entropy", "returns")
_HELD_TO = ("different", "entropy")


def main(dataset: Path = DATASET) -> bool:
    """Print the table; whether what `generate` does has about as many chords, and as evenly, as real songs."""
    known = read_songs(dataset) if dataset.is_dir() else []
    long = [song for song in known if song.split == "val" and song.seconds > SECONDS]
    songs = [begin(song) for song in choose_songs(long, SONGS)]
    if not songs:
        print(f"not measured: {dataset} has no validation song of more than {SECONDS} s with a picture")
        return True
    model, usual = load_model(PRETRAINED / "amt"), (load_params().generate.temperature, LONGEST_HOLD)
    real, made = _tell(f"{len(songs)} real songs", [song.chords for song in songs]), {}
    for temperature, hold in dict.fromkeys((*_TRIED, usual)):
        chords = sample_model(model, songs, Sampling(temperature, longest_hold=hold), seed=0)
        made[temperature, hold] = _tell(f"temperature {temperature:g}, hold {hold}", chords)
    print(f"generate, unasked: temperature {usual[0]:g}, hold {usual[1]}")
    return all(LEAST <= made[usual][name] / real[name] <= MOST for name in _HELD_TO)


def begin(song: Song) -> Song:
    """Its first SECONDS."""
    values = {field.name: getattr(song, field.name) for field in fields(song)}
    cut = {n: v[:SECONDS] for n, v in values.items() if isinstance(v, np.ndarray) and len(v) == song.seconds}
    return replace(song, **cut)


def _tell(name: str, chords: Sequence[np.ndarray]) -> dict[str, float]:
    figures = {n: float(np.nanmean(values)) for n, values in measure_progressions(chords).songs.items()}
    print(f"{name:24}" + ", ".join(f"{each} {figures[each]:.2f}" for each in _TOLD), flush=True)
    return figures


if __name__ == "__main__":
    raise SystemExit(not main())
