"""One random video and wish -> what is wrong with the music that is made, as `muvisync generate` makes it."""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile

from amt.generate.compose import Piece
from amt.generate.produce import Made, produce
from benchmarks._random_case import LONGEST, Case, invent_case, render_video
from benchmarks._random_midi import check_midi
from muvisync.chords import NO_CHORD
from muvisync.container import probe
from muvisync.soundfont import DRUMS, RATE

_LENGTH_ERROR = 0.05  # seconds that the MP4 may be longer or shorter than the video
_SILENT, _FAINT = 0.01, 1e-4  # RMS of a whole piece and of a second in which a note is struck
_FADED = 2.0  # seconds at the end in which the sound fades out


def check_random_piece(seed: int, longest: float = LONGEST) -> list[str]:
    """Make the music of a case (`invent_case`): MP4, WAV and MIDI of each variant; all that is wrong, in words.

    Args:
        longest: seconds that the video has at most.
    """
    case = invent_case(seed, longest)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return list(_check_case(case, Path(folder)))
        except Exception as error:  # whatever it is: no video and no wish may end in one
            place = traceback.extract_tb(error.__traceback__)[-1]
            return [f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"]


def _check_case(case: Case, folder: Path) -> Iterator[str]:
    video = render_video(case, folder)
    outs = [folder / f"music-{number}.mp4" for number in range(case.variants)]
    duration = probe(video).duration
    for made in produce(video, case.seen, case.models, case.wish, outs, case.extras):
        problems = [*_check_lengths(made, duration), *_check_sound(made), *_check_piece(made)]
        problems += check_midi(made.out.with_suffix(".mid"), made.piece)
        yield from (f"variant {made.piece.seed - case.wish.seed + 1}: {problem}" for problem in problems)


def _check_lengths(made: Made, duration: float) -> Iterator[str]:
    """WAV to the sample, MP4 to _LENGTH_ERROR."""
    sound, film = soundfile.info(str(made.out.with_suffix(".wav"))), probe(made.out)
    if (sound.frames, sound.samplerate, sound.channels) != (round(duration * RATE), RATE, 2):
        yield f"WAV: {sound.frames} samples of {sound.channels} channels for {duration:.3f} s"
    if not (film.has_audio and film.has_video):
        yield "MP4: picture or sound is missing"
    if abs(film.duration - duration) > _LENGTH_ERROR:
        yield f"MP4: {film.duration:.3f} s long, the video {duration:.3f} s"


def _check_sound(made: Made) -> Iterator[str]:
    """Heard where it should be, and not too loud for its format."""
    piece, audio = made.piece, soundfile.read(str(made.out.with_suffix(".wav")), dtype="float32")[0]
    if not piece.notes:
        if any(span.label != NO_CHORD for span in piece.sheet.chords):
            yield "no note at all"
        return
    if np.abs(audio).max() > 0.999:
        yield "WAV: clipped"
    if np.sqrt(np.mean(audio**2)) < _SILENT:
        yield "WAV: silent"
    struck = {int(note.start) for note in piece.notes if note.start % 1 < 0.7 and note.start < piece.duration - _FADED}
    for second in sorted(struck):
        if np.sqrt(np.mean(audio[second * RATE : (second + 1) * RATE] ** 2)) < _FAINT:
            yield f"WAV: nothing is heard in second {second}"


def _check_piece(made: Made) -> Iterator[str]:
    """No hole in the music, no chord twice in a row, and no number that JSON can not hold."""
    piece = made.piece
    json.dumps([made.timeline, made.metrics], allow_nan=False)
    silent = list(_silent_seconds(piece))
    if silent:
        yield f"nothing is played in seconds {silent[:5]}"
    for _, run in groupby(piece.sheet.chords, key=lambda span: span.label):
        if len(list(run)) > 1:
            yield "a chord is followed by itself"


def _silent_seconds(piece: Piece) -> Iterator[int]:
    """Whole seconds of chords alone in which nobody plays, where there is somebody but a melody and drums."""
    roles = {piece.style.instruments[note.instrument].role for note in piece.notes}
    if not roles - {"melody", DRUMS}:
        return
    times = piece.sheet.grid.times
    rests = [(times[s.beat], times[s.beat + s.beats]) for s in piece.sheet.chords if s.label == NO_CHORD]
    for second in range(int(piece.duration)):
        in_rest = any(start < second + 1 and end > second for start, end in rests)
        if not in_rest and not any(note.start < second + 1 and note.end > second for note in piece.notes):
            yield second
