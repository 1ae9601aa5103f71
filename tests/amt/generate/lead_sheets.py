"""Random lead sheets at the scale of real music: density 8.5 +- 6.5 from 1 to 30, loudness .145 +- .112."""

from __future__ import annotations

import math

import numpy as np

from amt.generate.grid import Cut, Grid
from amt.generate.lead_sheet import ChordSpan, LeadSheet
from muvisync.chords import Key, denormalise
from muvisync.schema import EMOTIONS

PROGRESSIONS = {
    "major": ("C G A:min F", "C A:min7 D:min7 G:7", "C:maj7 E:min F:maj6 G:sus4", "C B:dim A:min G"),
    "minor": ("A:min F C G", "A:min D:min E:7 A:min", "A:min6 B:hdim7 E:aug A:min", "A:min G:sus2 F E:dim7"),
}


def make_sheet(seed: int, duration: float = 20.0, density: float = 8.5, rests: float = 0.03) -> LeadSheet:
    """Common progressions on an elastic grid of 70 to 140 bpm, with odd bars, cuts, and a mood a section."""
    chance = np.random.default_rng(seed)
    beats = max(1, round(duration * chance.uniform(70, 140) / 60))
    grid = _make_grid(chance, beats, duration)
    key = Key(int(chance.integers(12)), str(chance.choice(["major", "minor"])))
    moods = tuple(str(chance.choice(EMOTIONS)) for _ in grid.sections)
    return LeadSheet(
        key,
        grid,
        _make_chords(chance, key, beats, rests),
        _curve(chance, grid, density, 0.76 * density, 1, 30),
        _curve(chance, grid, 0.145, 0.112, 0.02, 0.5),
        moods,
    )


def _make_grid(chance: np.random.Generator, beats: int, duration: float) -> Grid:
    lengths = np.exp(np.interp(np.arange(beats), np.linspace(0, beats, 6), chance.normal(0, 0.05, 6)))
    times = np.concatenate([[0.0], np.cumsum(lengths * duration / lengths.sum())])
    times[-1] = duration
    bars = [0]
    while bars[-1] + 8 < beats:
        bars.append(bars[-1] + int(chance.choice([4, 4, 4, 3, 5, 2])))
    sections = [bar for number, bar in enumerate(bars) if number % 4 == 0]
    cuts = [Cut(float(times[bar]), bar) for bar in bars[1:]] + [Cut(duration * 0.9, None)]
    return Grid(times, tuple(bars), tuple(sections), tuple(cuts))


def _make_chords(chance: np.random.Generator, key: Key, beats: int, rests: float) -> tuple[ChordSpan, ...]:
    names, spans, beat, turn = str(chance.choice(PROGRESSIONS[key.mode])).split(), [], 0, 0
    while beat < beats:
        length = min(int(chance.choice([1, 2, 2, 4, 4, 4, 4, 8])), beats - beat)
        rest = chance.random() < rests and beat > 0 and spans[-1].label != "N" and beat + length < beats
        spans.append(ChordSpan(beat, length, "N" if rest else denormalise(names[turn % len(names)], key)))
        beat, turn = beat + length, turn + 1
    return tuple(spans)


def _curve(
    chance: np.random.Generator, grid: Grid, mean: float, deviation: float, least: float, most: float
) -> np.ndarray:
    seconds = math.ceil(grid.duration) + 2
    slow = np.interp(
        np.arange(seconds), np.arange(0, seconds + 6, 6), chance.normal(size=len(range(0, seconds + 6, 6)))
    )
    variance = math.log(1 + (deviation / mean) ** 2)
    values = mean * np.exp(math.sqrt(variance) * (0.9 * slow + 0.5 * chance.normal(size=seconds)) - variance / 2)
    middles = (grid.times[1:] + grid.times[:-1]) / 2
    return np.clip(np.interp(middles, np.arange(seconds) + 0.5, values), least, most).astype(np.float32)
