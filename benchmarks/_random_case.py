"""Random videos that never were, random wishes for them, and small untrained models that make their music."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from amt.generate.compose import Models
from amt.generate.predict.features import Features, Seen
from amt.generate.produce import Extras
from amt.generate.styles import list_styles, read_style
from amt.generate.wish import Wish, to_wish
from amt.model import MODALITIES, Amt, AmtConfig, Rhythm, RhythmConfig
from muvisync.chords import CHORDS, NO_CHORD, ROOTS
from muvisync.ffmpeg import run_ffmpeg
from muvisync.schema import EMOTIONS, SEMANTIC_WIDTH

SHORTEST, LONGEST = 2.0, 180.0
"""Seconds of a video."""
_RATES = tuple(map(Fraction, ("24000/1001", "30000/1001", "60000/1001", "25/2", "25", "50", "15", "11", "7", "1")))
_HUNDREDS = 400
_LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True, eq=False)
class Case:
    """A video and what is asked for it.

    Attributes:
        frames: of the video, `rate` a second; `sound`: seconds of its own sound, 0 for none.
        models: untrained ones, as dense and as restless as the case wants.
        variants: how many pieces are made.
    """

    rate: Fraction
    frames: int
    sound: float
    seen: Seen
    models: Models
    wish: Wish
    variants: int
    extras: Extras


def invent_case(seed: int, longest: float = LONGEST) -> Case:
    """The case of a seed: a video of SHORTEST to `longest` seconds, and any of the options or none."""
    chance = np.random.default_rng(seed)
    rate = _pick(chance, _RATES)
    length = SHORTEST * (longest / SHORTEST) ** (chance.random() ** 2)  # more short ones than long ones
    frames = math.ceil(length * rate)
    seconds = frames / rate
    own = float(seconds) * float(_pick(chance, (0.0, 0.3, 1.0, 1.2)))
    variants = int(chance.choice((1, 2, 3), p=(0.8, 0.15, 0.05)))
    extras = Extras(keep_audio=bool(chance.random() < 0.4), stems=bool(chance.random() < 0.1))
    seen = Seen(_invent_features(chance, math.ceil(seconds)), _invent_cuts(chance, rate, frames))
    return Case(rate, frames, own, seen, _invent_models(chance), _invent_wish(chance, variants), variants, extras)


def untrained_models(seed: int = 0, density: float = 8.5, moves: float = 60.0) -> Models:
    """Small networks, with a rhythm that moves about as much as that of real music.

    Args:
        density: mean notes a second; `moves`: what an untrained output is multiplied by.
    """
    torch.manual_seed(seed)
    rhythm = Rhythm(RhythmConfig(network="gru", hidden=16, layers=2)).eval()  # towers begin as the mean
    rhythm.target_mean.copy_(torch.tensor([density, 0.145]))
    rhythm.target_scale.copy_(torch.tensor([moves, 1.0]))
    return Models(Amt(AmtConfig(width=32, heads=2, feedforward=64)).eval(), rhythm)


def render_video(case: Case, folder: Path) -> Path:
    """Write the case's video, H.264, with its own sound, noise, where it has one."""
    path = folder / "video.mkv"
    inputs = ["-f", "lavfi", "-i", f"testsrc=size=64x48:rate={case.rate}"]
    if case.sound:
        inputs += ["-f", "lavfi", "-t", f"{case.sound:.3f}", "-i", "anoisesrc=seed=1"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac"]
    run_ffmpeg([*inputs, "-frames:v", str(case.frames), *codecs, str(path)])
    return path


def _invent_features(chance: np.random.Generator, seconds: int) -> Features:
    """Of about as many seconds as the video has; each modality there, missing, or there now and then."""
    rows = max(1, seconds + int(_pick(chance, (0, 0, 0, -1, 1))))
    values = {
        "semantic": chance.normal(size=(rows, SEMANTIC_WIDTH)).astype(np.float32),
        "scene_offset": (np.arange(rows) % int(chance.integers(1, 30))).astype(np.float32),
        "motion": (chance.random(rows) * _pick(chance, (0.0, 20.0, 255.0))).astype(np.float32),
        "emotion": chance.dirichlet(np.full(len(EMOTIONS), 0.3), rows).astype(np.float32),
    }
    present = {name: chance.random(rows) < _pick(chance, (1.0, 1.0, 0.0, 0.5)) for name in MODALITIES}
    for name, array in values.items():
        array[~present[name]] = 0
    return Features(values, present)


def _invent_cuts(chance: np.random.Generator, rate: Fraction, frames: int) -> tuple[float, ...]:
    """Seconds of frames: none, some, hundreds, or only those at the edges of the video."""
    kind = _pick(chance, ("none", "some", "some", "hundreds", "first", "last"))
    count = {"none": 0, "some": int(frames / rate / chance.uniform(1, 12)), "hundreds": _HUNDREDS}.get(kind, 0)
    chosen = set(chance.integers(0, frames, count).tolist())
    chosen |= {"first": {0, 1}, "last": {frames - 1}}.get(kind, set())
    return tuple(float(frame / rate) for frame in sorted(chosen))


def _invent_models(chance: np.random.Generator) -> Models:
    density, moves = _pick(chance, (0.5, 8.5, 8.5, 30.0)), _pick(chance, (0.0, 60.0, 60.0, 300.0))
    return untrained_models(int(chance.integers(1000)), density, moves)


def _invent_wish(chance: np.random.Generator, variants: int) -> Wish:
    style = _pick(chance, (None, *list_styles()))
    named = list(read_style(style).instruments) if style else []
    players = [name for name in named if chance.random() < 0.5] if chance.random() < 0.6 else []
    key = f"{_pick(chance, ROOTS)} {_pick(chance, ('major', 'minor'))}" if chance.random() < 0.5 else None
    return to_wish(
        key,
        " ".join(_invent_primer(chance)),
        ",".join(players),
        style=style,
        tempo=float(chance.uniform(40, 220)) if chance.random() < 0.4 else None,
        mood=_pick(chance, (None, None, *EMOTIONS)),
        seed=_pick(chance, (0, int(chance.integers(2**31)), _LARGEST_SEED)),
        temperature=math.exp(chance.uniform(math.log(0.05), math.log(10))),
        top_p=_pick(chance, (1.0, 0.9, 0.01)),
        longest_hold=_pick(chance, (8, 8, 1, 10, 0)),
        no_chord=bool(chance.random() < 0.3),
    )


def _invent_primer(chance: np.random.Generator) -> list[str]:
    """No chord, or up to a dozen, a rest among them now and then."""
    count = int(chance.integers(1, 13)) if chance.random() < 0.4 else 0
    return [NO_CHORD if chance.random() < 0.1 else _pick(chance, CHORDS[1:]) for _ in range(count)]


def _pick(chance: np.random.Generator, choices: tuple) -> object:
    return choices[int(chance.integers(len(choices)))]
