"""Frames and sound to an MP4 file, the same bytes every time."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from muvisync.errors import Permanent
from muvisync.ffmpeg import ffmpeg_path
from muvisync.sample.brush import HEIGHT, WIDTH
from muvisync.sample.compose import FPS
from muvisync.soundfont import RATE

_PICTURE = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", "1"]
_SOUND = ["-c:a", "aac", "-b:a", "96k"]
# one thread, no encoder names and no dates: the same frames give the same bytes
_SAME_BYTES = ["-flags:v", "+bitexact", "-flags:a", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]


def write_film(frames: Iterable[np.ndarray], sound: Path, path: Path) -> list[float]:
    """Encode frames (HEIGHT, WIDTH, 3) uint8 RGB at FPS with the sound of a WAV file, as H.264 and AAC.

    Returns:
        Motion of each second: mean absolute RGB difference (0-255) of the second's first frame from the frame before
        it; second 0 is 0 (Kang et al., arXiv 2311.00968).

    Raises:
        Permanent: ffmpeg failed, with its last words.
    """
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0"]
    output = [*_PICTURE, *_SOUND, *_SAME_BYTES, "-movflags", "+faststart", str(path.resolve())]
    command = [ffmpeg_path(), "-loglevel", "error", "-y", *raw, "-i", str(sound.resolve()), *output]
    motion, before = [], None
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            for number, frame in enumerate(frames):
                if number % FPS == 0:
                    motion.append(0.0 if before is None else frame_difference(before, frame))
                process.stdin.write(frame.tobytes())
                before = frame
        except BrokenPipeError:
            pass  # ffmpeg has ended early; its own words, below, say why
        _, words = process.communicate()
    if process.returncode:
        raise Permanent(f"ffmpeg: {words.decode(errors='replace').strip().splitlines()[-1:]}")
    return motion


def frame_difference(before: np.ndarray, after: np.ndarray) -> float:
    """Mean absolute difference of two frames over pixels and channels, 0-255."""
    return float(np.mean(np.abs(after.astype(np.int16) - before.astype(np.int16))))


def write_wav(audio: np.ndarray, path: Path) -> None:
    """Write float audio (samples, 2) in [-1, 1] as 16-bit stereo at RATE."""
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(2)
        stream.setsampwidth(2)
        stream.setframerate(RATE)
        stream.writeframes(np.round(audio * 32767).astype("<i2").tobytes())
