"""A video file and its features -> MIDI, sound, and the video with its music."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from amt.generate.compose import Models, Piece, Wish, features_to_piece
from amt.generate.features import Features
from amt.generate.midi import notes_to_midi
from amt.generate.mux import mux
from amt.generate.sound import notes_to_audio, write_wav
from amt.generate.timeline import piece_to_timeline, timeline_to_metrics
from amt.model import load_model
from muvisync.container import MediaInfo, probe
from muvisync.errors import Permanent

SHORTEST = 0.05
"""Seconds; a video of one frame and less has no room for a note."""


@dataclass(frozen=True)
class Made:
    """What was made of one video: the piece, its timeline, its figures, and whether the picture is a copy."""

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


def produce(media: Path, features: Features, models: Models, wish: Wish, out: Path) -> Made:
    """Compose for `media` and write `out` (MP4) and beside it the same name with .mid and .wav.

    The same arguments give the same bytes.

    Raises:
        Permanent: the picture can't be read.
    """
    info = probe_picture(media)
    piece = features_to_piece(models, features, info.duration, wish)
    audio = notes_to_audio(piece.notes, piece.duration)
    notes_to_midi(piece.notes, piece.key, out.with_suffix(".mid"))
    write_wav(audio, out.with_suffix(".wav"))
    copied = mux(media, info, out.with_suffix(".wav"), out)
    timeline = piece_to_timeline(piece, audio, wish.seed)
    metrics = timeline_to_metrics(timeline, audio, probe(out).duration)
    return Made(piece, timeline, metrics | {"picture": "copied" if copied else "re-encoded"}, copied)
