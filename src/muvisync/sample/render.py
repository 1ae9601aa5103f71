"""Compose, play, draw and film one clip, and write down what is true of it."""

from __future__ import annotations

from pathlib import Path

from muvisync.files import temporary, write_json
from muvisync.sample.arrange import composition_to_notes
from muvisync.sample.compose import FPS, compose
from muvisync.sample.film import write_film, write_wav
from muvisync.sample.scenes import composition_to_frames
from muvisync.sample.sound import notes_to_audio
from muvisync.sample.truth import composition_to_truth


def render(index: int, folder: Path, name: str) -> tuple[Path, Path]:
    """See `muvisync.sample.render_clip`."""
    composition = compose(index)
    notes = composition_to_notes(composition)
    audio = notes_to_audio(notes, composition.frames / FPS)
    film, truth = folder / f"{name}.mp4", folder / f"{name}.truth.json"
    sound = folder / f"{name}.wav"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_wav(audio, sound)
        with temporary(film) as draft:
            motion = write_film(composition_to_frames(composition), sound, draft)
    finally:
        sound.unlink(missing_ok=True)
    write_json(truth, composition_to_truth(composition, notes, audio, motion))
    return film, truth
