"""A video file and what was seen of it -> the video with its music, and the music as MIDI, sound and timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from amt.generate.compose import Models, Piece, compose
from amt.generate.output.midi_file import write_midi
from amt.generate.output.mux import mux
from amt.generate.output.timeline import piece_to_timeline, timeline_to_metrics
from amt.generate.output.wav import write_wav
from amt.generate.predict.features import Seen
from amt.generate.sound.mix import Mix, duck, render_mix, render_stems
from amt.generate.wish import Wish
from amt.model import load_model
from muvisync.container import MediaInfo, probe
from muvisync.errors import Permanent
from muvisync.ffmpeg import decode_audio
from muvisync.soundfont import RATE

SHORTEST = 0.05
"""Seconds; a video of one frame and less has no room for a note."""

Progress = Callable[[float, str], None]
"""Takes the share that is done, 0 to 1, and what is being done."""


@dataclass(frozen=True)
class Extras:
    """What else is wanted: the video's own sound kept under the music, a WAV of each instrument."""

    keep_audio: bool = False
    stems: bool = False


NOTHING_ELSE = Extras()


@dataclass(frozen=True, eq=False)
class Made:
    """What was made of one video: the MP4, the piece, its timeline, its figures, and whether the picture is a copy."""

    out: Path
    piece: Piece
    timeline: dict
    metrics: dict
    copied: bool


def load_models(folder: Path = Path("models")) -> Models:
    """The two trained models. Raises ModelError with the next step."""
    return Models(load_model(folder / "amt"), load_model(folder / "rhythm"))


def probe_picture(media: Path) -> MediaInfo:
    """What is known of a video. Raises Permanent when it is not one, has no picture, or is too short for music."""
    info = probe(media)
    if not info.has_video:
        raise Permanent("there is no picture in this file, only sound")
    if info.duration < SHORTEST:
        raise Permanent(f"{info.duration:g} s is too short for music; {SHORTEST:g} s is the least")
    return info


def produce(
    media: Path,
    seen: Seen,
    models: Models,
    wish: Wish,
    outs: Sequence[Path],
    extras: Extras = Extras(),
    progress: Progress = lambda share, doing: None,
) -> list[Made]:
    """Compose for `media` and write `outs` (MP4), a variant each, and beside each the same name with .mid and .wav.

    The same arguments give the same bytes. With stems there is a folder of the same name, too.

    Raises:
        UserError: what is wished can't be had.
        Permanent: the picture can't be read.
    """
    info = probe_picture(media)
    progress(0.0, "Composing")
    pieces = compose(models, seen, info.duration, wish, len(outs))
    made = []
    for number, (piece, out) in enumerate(zip(pieces, outs, strict=True)):
        which = f" variant {number + 1} of {len(outs)}" if len(outs) > 1 else ""
        progress((number + 0.2) / len(outs), f"Playing{which}")
        made.append(_write(media, info, piece, out, extras))
    progress(1.0, "Done")
    return made


def _write(media: Path, info: MediaInfo, piece: Piece, out: Path, extras: Extras) -> Made:
    mix = render_mix(piece.notes, piece.sheet, piece.style)
    write_midi(piece.notes, piece.sheet, piece.style, out.with_suffix(".mid"))
    if extras.stems:
        write_stems(mix, piece, out.with_suffix(""))
    timeline = piece_to_timeline(piece, mix.audio)
    audio = duck(_own_sound(media), mix.audio) if extras.keep_audio and info.has_audio else mix.audio
    write_wav(audio, out.with_suffix(".wav"))
    copied = mux(media, info, out.with_suffix(".wav"), out)
    metrics = timeline_to_metrics(timeline, audio, probe(out).duration)
    return Made(out, piece, timeline, metrics | {"picture": "copied" if copied else "re-encoded"}, copied)


def write_stems(mix: Mix, piece: Piece, folder: Path) -> None:
    """Write a WAV of each instrument into `folder`; together they are the music."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, stem in render_stems(mix, piece.notes, piece.sheet, piece.style):
        write_wav(stem, folder / f"{name}.wav")


def _own_sound(media: Path) -> np.ndarray:
    """The video's own sound, float32 (samples, 2) at RATE."""
    return decode_audio(media, RATE, channels=2)
