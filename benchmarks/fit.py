"""Whether the music fits the picture, heard in the rendered sound: `python -m benchmarks fit [FOLDER] [FILE.json]`.

Clips: seventeen of the sample that nothing was tuned on, and the videos of FOLDER. Beside ours stand the published
renderer's way with the same chords and predictions, the music of another of the clips, and chance: the same cuts moved
to anywhere. Figures, over clips with 95 % bootstrap intervals:

- chords: share of the time that the chord recogniser hears the chord that was meant, root and major or minor; sevenths
  are reduced, chords that are neither do not count (mir_eval); roots: the root alone, of all chords;
- density, loudness: correlation over seconds of what is heard (notes by basic-pitch, RMS) with what was predicted;
- cuts on beats: of the cuts at least 1 s from others, those within 70 ms of a tracked beat; on changes: of a downbeat
  of the timeline or a change of the chord heard. The published way has no bars; it is given one every two seconds;
- TBIoU: cuts and beats over cuts or beats, within .5 s (FACTS.md).

The sample's cuts lie on beats of 14 to 17 frames, counted from 0 s. Music at a fixed 120 beats a minute from 0 s meets
those at 15 frames (.625 s) without knowing them: .45 of all cuts, where cuts at any time (chance) would give .14, for
the tracker finds every second beat then. So "other video" is the harder of the two controls.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._fit_figures import Asked, Heard, Scores, find_changes, measure_chance, measure_fit
from benchmarks._fit_heard import fit_length, hear, read_sound
from benchmarks._fit_sync import delays
from benchmarks._fit_table import all_met, summarise, to_lines
from benchmarks._published_renderer import play_published
from muvisync.files import read_json, write_json
from muvisync.params import TranscribeParams, load_params
from muvisync.sample import render_clip
from muvisync.transcribe.harmony import Segment, chords_to_seconds

GOOD = Path(__file__).parents[2] / "shared/media/good"
SAMPLES = range(40, 57)
"""Indices of sample clips; the catalogue has 0 to 11, and nothing was tuned on these."""
_VIDEOS = {".mp4", ".webm", ".mkv", ".mov"}
_BAR = 2.0  # seconds: four beats at 120 beats a minute


@dataclass(frozen=True, eq=False)
class Piece:
    """A clip and its music: its name, the sound (samples,), what was asked for, its beats and downbeats in seconds."""

    name: str
    samples: np.ndarray
    asked: Asked
    beats: list[float]
    downbeats: list[float]


def main(clips: Path = GOOD, report: Path | None = None) -> bool:
    """Measure all clips, those of the folder `clips` too where there is one; whether all targets are met."""
    params = load_params().transcribe
    with tempfile.TemporaryDirectory() as folder:
        pieces = [to_piece(video, Path(folder)) for video in find_clips(clips, Path(folder))]
    columns: dict[str, list[Scores]] = {name: [] for name in ("ours", "published way", "other video", "chance")}
    late: dict[str, list[float]] = {"chord changes are heard": [], "beats are tracked": []}
    for place, piece in enumerate(pieces):
        ours = hear(piece.samples, piece.downbeats, params)
        late["chord changes are heard"] += delays(find_changes(piece.asked.chords), find_changes(ours.chords), 0.5)
        late["beats are tracked"] += delays(np.array(piece.beats), ours.beats, 0.2)
        scores = measure_clip(piece, ours, pieces[place - 1], params, seed=place)
        for name, clip in scores.items():
            columns[name].append(clip)
        print(f"{piece.name}: {_short(scores['ours'])}", flush=True)
    summary = summarise(columns)
    _print(summary, [piece.name for piece in pieces], columns["ours"], late)
    if report:
        found = {piece.name: {name: clips[n] for name, clips in columns.items()} for n, piece in enumerate(pieces)}
        write_json(report, summary | {"clips": found})
    return all_met(summary)


def find_clips(folder: Path, scratch: Path) -> Iterator[Path]:
    """Render the sample's clips into `scratch`, one after the other; then the videos of `folder`, by name."""
    for index in SAMPLES:
        yield render_clip(index, scratch, f"sample-{index}")[0]
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _VIDEOS)


def make(video: Path, folder: Path) -> tuple[Path, dict]:
    """Music for `video` as `muvisync generate` makes it without options; its WAV in `folder` and its timeline."""
    from muvisync.cli.studio import Studio

    out = folder / f"{video.name}.music.mp4"
    (made,) = Studio().make_music(video, [out])
    return out.with_suffix(".wav"), made.timeline


def to_piece(video: Path, folder: Path) -> Piece:
    """Make the music of a clip. Where the clip's true cuts are known they are asked for, not those that were found."""
    wav, timeline = make(video, folder)
    truth = video.with_suffix(".truth.json")
    cuts = read_json(truth)["cuts"] if truth.exists() else [cut["time"] for cut in timeline["cuts"]]
    beats = timeline["beats"]
    return Piece(video.name, read_sound(wav), to_asked(timeline, cuts), beats, [beats[bar] for bar in timeline["bars"]])


def to_asked(timeline: dict, cuts: Sequence[float]) -> Asked:
    """What a timeline says that was meant, and the cuts."""
    values = timeline["per_second"]
    density, loudness = (np.array(values[name]["predicted"]) for name in ("density", "loudness"))
    chords = tuple((chord["start"], chord["end"], chord["label"]) for chord in timeline["chords"])
    return Asked(timeline["duration"], tuple(cuts), chords, density, loudness)


def measure_clip(piece: Piece, ours: Heard, other: Piece, params: TranscribeParams, seed: int) -> dict[str, Scores]:
    """The figures of a clip: our music, the published way, the music of the clip `other`, chance."""
    strange = fit_length(other.samples, other.downbeats, len(piece.samples))
    return {
        "ours": measure_fit(piece.asked, ours),
        "published way": measure_fit(*_published(piece.asked, params)),
        "other video": measure_fit(piece.asked, hear(*strange, params)),
        "chance": measure_chance(piece.asked, ours, seed),
    }


def _published(asked: Asked, params: TranscribeParams) -> tuple[Asked, Heard]:
    """What the published way means, one chord a second, and how it sounds."""
    segments = [Segment(start, end, label, label, 1.0) for start, end, label in asked.chords]
    labels = chords_to_seconds(segments, len(asked.loudness))
    audio = play_published(labels, asked.loudness, asked.duration)
    spans = [(n, min(n + 1, asked.duration), label) for n, label in enumerate(labels) if n < asked.duration]
    meant = Asked(asked.duration, asked.cuts, tuple(spans), asked.density, asked.loudness)
    return meant, hear(audio.mean(axis=1), np.arange(0, asked.duration, _BAR), params)


def _short(scores: Scores) -> str:
    return ", ".join(f"{name} {score[0]:.2f}" for name, score in scores.items() if score)


def _print(summary: dict, names: list[str], ours: list[Scores], late: dict[str, list[float]]) -> None:
    print("\n".join(to_lines(summary)))
    for figure in ("density", "loudness"):
        still = [name for name, scores in zip(names, ours, strict=True) if scores[figure] is None]
        if still:
            print(f"{figure}: {len(still)} of {len(names)} clips left out, no change predicted: {', '.join(still)}")
    for what, times in late.items():
        if times:
            print(f"{what} {1000 * np.median(times):+.0f} ms after they were made (median of {len(times)})")


if __name__ == "__main__":
    raise SystemExit(not main(*map(Path, sys.argv[1:])))
