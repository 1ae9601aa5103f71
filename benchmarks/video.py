"""One decoding pass for motion and scenes, on one core, against bare decoding with ffmpeg (`-f null`)."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from muvisync.ffmpeg import ffmpeg_path, media_input
from muvisync.sample import render_clip
from muvisync.video.decode import video_to_frames
from muvisync.video.motion import frames_to_motion
from muvisync.video.sampling import frames_to_samples
from muvisync.video.scenes import SceneDetector
from muvisync.video.timeline import read_timeline

TARGET = 0.5  # of ffmpeg's speed
ROUNDS = 5
REAL = Path(__file__).parents[2] / "shared/media/good/sintel-trailer.mp4"


def main() -> bool:
    """Print the pass's speed as a share of ffmpeg's; whether it reaches the target."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        path = REAL if REAL.exists() else render_clip(0, Path(folder), "clip")[0]
        seconds = compare({"ffmpeg -f null": lambda: decode_only(path), "one pass": lambda: one_pass(path)})
    for name, figure in seconds.items():
        share = seconds["ffmpeg -f null"] / figure
        print(f"{name}: {figure:.2f} s for {path.name}, {share:.0%} of ffmpeg's speed (target {TARGET:.0%})")
    return seconds["ffmpeg -f null"] / seconds["one pass"] >= TARGET


def compare(candidates: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Least seconds of each candidate, measured in turn: a shared machine's slow minute hits all of them."""
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, run in candidates.items():
            started = time.perf_counter()
            run()
            best[name] = min(best.get(name, float("inf")), time.perf_counter() - started)
    return best


def decode_only(path: Path) -> None:
    """Decode the picture and throw it away, one thread."""
    command = [ffmpeg_path(), "-loglevel", "error", "-threads", "1", *media_input(path), "-an", "-f", "null", "-"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def one_pass(path: Path) -> deque[float]:
    """Motion of every second; the scenes are found on the way."""
    timeline = read_timeline(path)
    detector = SceneDetector(timeline.fps)
    samples = frames_to_samples(detector.watch(video_to_frames(path, timeline, [])), timeline.end_of)
    return deque((frames_to_motion(sample.frame.image, sample.before) for sample in samples), maxlen=1000)


if __name__ == "__main__":
    raise SystemExit(not main())
