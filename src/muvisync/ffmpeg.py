"""ffmpeg as a well-behaved function: the binary comes with a package, media can't make it open anything else."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import numpy as np

from muvisync.container import CONTAINERS, probe
from muvisync.errors import Permanent

_SECONDS = 600.0


class NoAudio(Permanent):
    """The file has no audio stream."""


@cache
def ffmpeg_path() -> str:
    """Path of the ffmpeg binary that imageio-ffmpeg brings."""
    import imageio_ffmpeg

    return imageio_ffmpeg.get_ffmpeg_exe()


def run_ffmpeg(args: list[str], *, stdin: bytes | None = None, timeout: float = _SECONDS) -> bytes:
    """Run ffmpeg with `args` (inputs after their own options, output last or "-"); return its standard output.

    Media are untrusted: only files and pipes may be opened, whatever a playlist inside them asks for.

    Raises:
        Permanent: ffmpeg failed, with its last words; or it took longer than `timeout` seconds.
    """
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *args]
    pipe = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout, check=False, **pipe)
    except subprocess.TimeoutExpired as error:
        raise Permanent(f"ffmpeg did not finish within {timeout:g} s") from error
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit status {done.returncode}"]
        raise Permanent(f"ffmpeg: {words[-1][:300]}")
    return done.stdout


def media_input(path: Path) -> list[str]:
    """Arguments that open `path` as an input, whatever its name looks like."""
    return ["-protocol_whitelist", "file,pipe", "-format_whitelist", ",".join(CONTAINERS), "-i", f"file:{path}"]


def decode_audio(path: Path, rate: int, channels: int = 1) -> np.ndarray:
    """Decode the first audio stream to mono, or to stereo where `channels` is 2.

    Returns:
        float32 array (samples,) or (samples, 2), full scale is 1; sample 0 is the time 0 of the picture (a later start
        is silence).

    Raises:
        NoAudio: there is no audio stream.
        Permanent: it can't be decoded.
    """
    if not probe(path).has_audio:
        raise NoAudio("no audio stream")
    # rematrix_maxval: channels are averaged; ffmpeg's own downmix of stereo to float would be 3 dB louder
    layout = {1: "mono", 2: "stereo"}[channels]
    aligned = f"aresample=async=1:first_pts=0:ochl={layout}:rematrix_maxval=1.0"
    shape = ["-ac", str(channels), "-ar", str(rate), "-f", "f32le", "-"]
    samples = np.frombuffer(run_ffmpeg([*media_input(path), "-map", "0:a:0", "-af", aligned, *shape]), np.float32)
    return samples if channels == 1 else samples.reshape(-1, channels)
