"""ffmpeg as a well-behaved function: the binary comes with a package, media can't make it open anything else."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from muvisync.errors import Permanent

_SECONDS = 600.0


class NoAudio(Permanent):
    """The file has no audio stream."""


@dataclass(frozen=True)
class MediaInfo:
    """What a media file says of itself; `duration` in seconds (measured where the header lacks it)."""

    duration: float
    has_audio: bool
    has_video: bool
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    codec: str | None = None


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
    return ["-protocol_whitelist", "file,pipe", "-i", f"file:{path}"]


def decode_audio(path: Path, rate: int) -> np.ndarray:
    """Decode the first audio stream to mono.

    Returns:
        float32 array (samples,), full scale is 1; sample 0 is the time 0 of the picture (a later start is silence).

    Raises:
        NoAudio: there is no audio stream.
        Permanent: it can't be decoded.
    """
    if not probe(path).has_audio:
        raise NoAudio("no audio stream")
    aligned = "aresample=async=1:first_pts=0"
    pcm = run_ffmpeg(
        [*media_input(path), "-map", "0:a:0", "-af", aligned, "-ac", "1", "-ar", str(rate), "-f", "f32le", "-"]
    )
    return np.frombuffer(pcm, np.float32)


def probe(path: Path) -> MediaInfo:
    """Read what a media file contains, without decoding it.

    Raises:
        Permanent: it is not a media file, or has neither picture nor sound.
    """
    import av

    try:
        with av.open(str(path.resolve()), options={"protocol_whitelist": "file"}) as container:
            video = next((s for s in container.streams.video if not _is_cover(s)), None)
            audio = next(iter(container.streams.audio), None)
            if video is None and audio is None:
                raise Permanent("neither picture nor sound in this file")
            return MediaInfo(
                duration=_duration(container, video or audio),
                has_audio=audio is not None,
                has_video=video is not None,
                width=video.codec_context.width if video else None,
                height=video.codec_context.height if video else None,
                fps=float(video.average_rate) if video and video.average_rate else None,
                codec=video.codec_context.name if video else None,
            )
    except (av.FFmpegError, ValueError) as error:
        raise Permanent(f"not a video that can be opened ({getattr(error, 'strerror', error)})") from error


def _is_cover(stream: object) -> bool:
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _duration(container: object, stream: object) -> float:
    if container.duration:
        return round(container.duration / 1_000_000, 3)
    if stream.duration:
        return round(float(stream.duration * stream.time_base), 3)
    # no duration in the header: the packets know
    ends = [float((p.pts + (p.duration or 0)) * p.time_base) for p in container.demux(stream) if p.pts is not None]
    return round(max(ends, default=0.0), 3)
