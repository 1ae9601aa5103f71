"""Everything that is measured of one set of weights, song by song: what figures and their intervals are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from amt.evaluate.affect import affective_figures, affective_table
from amt.evaluate.calibration import calibration_figures, reliability_sums
from amt.evaluate.chords import PARTS, Baselines, SongTable, baseline_log_probabilities, song_metrics, summarise
from amt.evaluate.held import Held
from amt.evaluate.looks import control_figures, control_tables, differences
from amt.evaluate.predict import log_softmax, songs_to_logits
from amt.model import Amt
from muvisync.params import EvaluateParams


@dataclass(frozen=True)
class Measured:
    """Of one model or baseline; rows are the songs of `Held.songs`.

    Attributes:
        parts: figures over all steps and at chord changes.
        reliability: (songs, BINS, 3), see `reliability_sums`.
        affect: see `affective_table`; empty for baselines, which have no logits.
        control: see `control_tables`; empty for baselines, which see nothing.
        predicted: (seconds,) ids per song, the likeliest chord.
    """

    parts: dict[str, SongTable]
    reliability: np.ndarray
    affect: SongTable = field(default_factory=dict)
    control: dict[str, SongTable] = field(default_factory=dict)
    predicted: list[np.ndarray] = field(default_factory=list)


def measure_amt(model: Amt, held: Held, params: EvaluateParams) -> Measured:
    """The AMT, teacher-forced, and under each control."""
    logits = songs_to_logits(model, held.songs, params.batch_size)
    found = _measure(held, [log_softmax(table) for table in logits])
    return Measured(
        found.parts,
        found.reliability,
        affective_table(held.songs, logits),
        control_tables(model, held.songs, logits, held.pool, params),
        [table[:-1].argmax(axis=1) for table in logits],
    )


def measure_baselines(fitted: Baselines, held: Held) -> dict[str, Measured]:
    """Each baseline by its name."""
    tables = baseline_log_probabilities(fitted, held.songs)
    return {name: _measure(held, table) for name, table in tables.items()}


def _measure(held: Held, log_probabilities: list[np.ndarray]) -> Measured:
    parts = {part: song_metrics(held.songs, log_probabilities, part) for part in PARTS}
    return Measured(parts, reliability_sums(held.songs, log_probabilities))


def chord_figures(seeds: Sequence[Measured], params: EvaluateParams) -> dict[str, object]:
    """Figures of a model with their intervals over songs; of several seeds each song's figures are averaged first."""
    figures = summarise({part: _mean([seed.parts[part] for seed in seeds]) for part in PARTS}, params)
    figures["calibration"] = calibration_figures([seed.reliability for seed in seeds], params)
    if not seeds[0].affect:
        return figures
    affect = affective_figures(_mean([seed.affect for seed in seeds]), params)
    figures["interval"]["affect"] = affect.pop("interval")
    return figures | affect


def pair_figures(
    rows: Mapping[str, Sequence[Measured]], models: Iterable[str], params: EvaluateParams
) -> dict[str, object]:
    """Each of `models` against each other row: `difference` is the model's figure minus the other's, song by song."""
    tables = {name: _mean([seed.parts["all"] for seed in seeds]) for name, seeds in rows.items()}
    return {
        name: {other: differences(tables[other], tables[name], params) for other in rows if other != name}
        for name in models
    }


def look_figures(seeds: Sequence[Measured], params: EvaluateParams) -> dict[str, object] | None:
    """What each control changes; None when no song has a picture."""
    return control_figures({n: _mean([seed.control[n] for seed in seeds]) for n in seeds[0].control}, params)


def _mean(tables: Sequence[SongTable]) -> SongTable:
    return {name: np.mean([table[name] for table in tables], axis=0) for name in tables[0]}
