"""Where `muvisync generate` reads and writes, checked before minutes are spent on what can't work."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from muvisync.errors import UserError

VIDEOS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".ts", ".mpg", ".mpeg", ".wmv")
"""Files of a folder with these suffixes are taken for videos."""
BESIDE = (".mid", ".wav", ".json", ".svg")
"""What is written beside each MP4."""


@dataclass(frozen=True)
class Job:
    """A video and the MP4s to write, one a variant."""

    video: Path
    outs: list[Path]


def plan_jobs(video: Path, out: Path | None, variants: int) -> list[Job]:
    """The work for a video file, or for all videos of a folder. Raises UserError with the next step."""
    if video.is_dir():
        return _plan_folder(video, out, variants)
    if not video.is_file():
        raise UserError(f"{video}: no such file or folder")
    target = out or Path(f"{video.stem}-music.mp4")
    if target.suffix.lower() != ".mp4":
        raise UserError(f"{target}: the result is an MP4; choose a name that ends in .mp4")
    if target.is_dir():
        raise UserError(f"{target} is a folder; name a file in it")
    return [_to_job(video, target, variants)]


def _plan_folder(folder: Path, out: Path | None, variants: int) -> list[Job]:
    videos = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEOS and path.is_file())
    if not videos:
        raise UserError(f"{folder}: there is no video in this folder ({', '.join(VIDEOS)})")
    target = out or Path(f"{folder.resolve().name}-music")
    if target.is_file() or target.suffix.lower() == ".mp4":
        raise UserError(f"{target}: {folder} is a folder, so -o names a folder too")
    if target.resolve() == folder.resolve():
        raise UserError(f"{target}: write into another folder than that of the videos; choose one with -o")
    stems = Counter(path.stem for path in videos)
    # two files of one name and two suffixes: both keep their suffix
    names = [path.stem if stems[path.stem] == 1 else path.name for path in videos]
    return [_to_job(path, target / f"{name}.mp4", variants) for path, name in zip(videos, names, strict=True)]


def _to_job(video: Path, target: Path, variants: int) -> Job:
    numbered = [target.with_name(f"{target.stem}-{number + 1}{target.suffix}") for number in range(variants)]
    outs = numbered if variants > 1 else [target]
    written = {path.resolve() for out in outs for path in (out, *(out.with_suffix(suffix) for suffix in BESIDE))}
    if video.resolve() in written:
        raise UserError(f"{target} would overwrite the video itself; choose another name with -o")
    return Job(video, outs)
