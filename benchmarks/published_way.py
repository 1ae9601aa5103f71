"""Our one pass over a video against the way of Video2Music's published scripts, with the same CLIP.

They write a JPEG a second, run CLIP over them picture by picture for the semantics and once more for the emotions, and
read the whole video again for the motion and again for the scenes. Left out in their favour: the text encoder, which
they run anew for every picture, and loading CLIP twice.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from scenedetect import AdaptiveDetector, detect

from benchmarks.video import REAL, compare
from muvisync.ffmpeg import media_input, run_ffmpeg
from muvisync.sample import render_clip
from muvisync.video.clip import ClipEncoder, load_encoder
from muvisync.video.extract import video_to_features

logging.getLogger("pyscenedetect").setLevel(logging.WARNING)
TARGET = 2.0  # times as fast
_ONE_A_SECOND = r"select=bitor(gte(t-prev_selected_t\,1)\,isnan(prev_selected_t))"


def main() -> bool:
    """Print both times and their ratio; whether it reaches the target."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    encoder = load_encoder("sample", None)
    with tempfile.TemporaryDirectory() as folder:
        path = REAL if REAL.exists() else render_clip(0, Path(folder), "clip")[0]
        seconds = compare(
            {
                "published way": lambda: published_way(path, Path(folder), encoder),
                "one pass": lambda: video_to_features(path, encoder),
            }
        )
    ratio = seconds["published way"] / seconds["one pass"]
    for name, figure in seconds.items():
        print(f"{name}: {figure:.2f} s for {path.name}")
    print(f"ratio {ratio:.2f} (target {TARGET:g})")
    return ratio >= TARGET


def published_way(path: Path, folder: Path, encoder: ClipEncoder) -> None:
    """Features of one video, in as many passes as there are features."""
    run_ffmpeg(
        [*media_input(path), "-vf", _ONE_A_SECOND, "-fps_mode", "passthrough", "-q:v", "1", str(folder / "%04d.jpg")]
    )
    pictures = sorted(folder.glob("*.jpg"))
    for _ in ("semantic", "emotion"):
        for picture in pictures:
            encoder.encode([encoder.prepare(np.asarray(Image.open(picture)))])
    motion(path)
    detect(str(path), AdaptiveDetector())
    for picture in pictures:
        picture.unlink()


def motion(path: Path) -> list[float]:
    """Mean absolute difference of two adjacent frames, once a second."""
    capture, before, last, found = cv2.VideoCapture(str(path)), None, 0.0, []
    while True:
        there, frame = capture.read()
        if not there:
            return found
        now = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if before is not None and now - last >= 1:
            found.append(float(cv2.absdiff(frame, before).mean()))
            last = int(now)
        before = frame.copy()


if __name__ == "__main__":
    raise SystemExit(not main())
