"""A file that a visitor brings: looked at before anything is done with it, and moved where only they can reach it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from amt.generate.produce import probe_picture
from muvisync.container import MediaInfo
from muvisync.errors import Permanent, UserError

MOST_BYTES = 500 * 10**6
LONGEST = 600.0
"""Seconds."""
KINDS = ("MP4", "MOV", "MKV", "WebM", "AVI")


def take_upload(upload: Path, room: Path) -> tuple[Path, MediaInfo]:
    """Move an upload into a visitor's room; the last but one goes.

    Raises:
        UserError: it is not taken; it is gone then, too.
    """
    try:
        info = check_video(upload)
        return _place(upload, room, shutil.move), info
    except FileNotFoundError as error:
        raise UserError("The upload was lost on the way. Please choose the file again") from error
    finally:
        upload.unlink(missing_ok=True)


def take_example(example: Path, room: Path) -> tuple[Path, MediaInfo]:
    """Copy an example into a visitor's room. Raises UserError."""
    return _place(example, room, shutil.copyfile), check_video(example)


def check_video(path: Path) -> MediaInfo:
    """What is known of a video that may get music. Raises UserError, for people, where it may not."""
    size = path.stat().st_size
    if not size:
        raise UserError("This file is empty. If it is still being copied or downloaded, wait for that and try again")
    if size > MOST_BYTES:
        raise UserError(f"This file has {size / 1e6:.0f} MB; {MOST_BYTES / 1e6:.0f} MB is the most. Try a smaller one")
    try:
        info = probe_picture(path)
    except Permanent as error:
        kinds = ", ".join(KINDS[:-1]) + f" or {KINDS[-1]}"
        raise UserError(
            f"This is not a video that can be read here ({error}). Try an {kinds} file that your video player can play"
        ) from error
    if info.duration > LONGEST:
        raise UserError(
            f"This video is {clock(info.duration)} long; {clock(LONGEST)} is the most here. Cut it, or use "
            "`muvisync generate` in a terminal, which takes any length"
        )
    return info


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _place(source: Path, room: Path, bring: Callable[[Path, Path], object]) -> Path:
    # the one before stays: music may just be made for it
    for old in sorted(room.glob("video-*"), key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="video-", dir=room))
    # the name is a stranger's: only harmless letters of it stay
    stem = re.sub(r"[^A-Za-z0-9_]+", "-", source.stem).strip("-")[:60] or "video"
    target = folder / f"{stem}{source.suffix.lower() if re.fullmatch(r'[.][A-Za-z0-9]{1,5}', source.suffix) else ''}"
    bring(source, target)
    return target
