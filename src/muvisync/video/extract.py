"""One decoding pass over a video, four features out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import torch

from muvisync.schema import EMOTIONS
from muvisync.video.clip import ClipEncoder
from muvisync.video.decode import Frame, video_to_frames
from muvisync.video.flaws import find_flaws
from muvisync.video.motion import frames_to_motion
from muvisync.video.sampling import Sample, frames_to_samples
from muvisync.video.scenes import SceneDetector, cuts_to_scenes
from muvisync.video.timeline import Timeline, read_timeline


@dataclass(frozen=True)
class VideoFeatures:
    """Features of one video, a row a second.

    semantic float16 (seconds, 768), emotion float32 (seconds, 6), motion float32 (seconds,), scene_id and scene_offset
    int32 (seconds,). `metadata` is ready for JSON: duration and fps of the picture, frames decoded, decoder, cuts in
    seconds, encoder, emotion_words, width, height. `notes` tell people what was odd about the file.
    """

    semantic: np.ndarray
    emotion: np.ndarray
    motion: np.ndarray
    scene_id: np.ndarray
    scene_offset: np.ndarray
    metadata: dict
    notes: list[str]


class _Row(NamedTuple):
    """What is kept of a sample: not its full picture, only as much of it as the encoder needs."""

    seconds: int  # how many rows it stands for
    time: float
    motion: float
    size: tuple[int, int]
    picture: torch.Tensor


class _Columns(NamedTuple):
    semantic: np.ndarray
    emotion: np.ndarray
    motion: np.ndarray
    times: np.ndarray


def video_to_features(
    path: Path, encoder: ClipEncoder, batch_size: int = 32, progress: Callable[[float], None] = lambda share: None
) -> VideoFeatures:
    """Extract all features of a video file, each frame decoded once; memory does not grow with the length.

    Args:
        encoder: from `load_encoder`.
        batch_size: pictures that go through the encoder at once.
        progress: takes the share of the video that is done, 0 to 1, after each batch.

    Raises:
        Filtered: there is no picture.
        Permanent: it can't be opened, or less than half of its picture can be decoded.
    """
    timeline, broken = read_timeline(path), []
    return _one_pass(video_to_frames(path, timeline, broken), timeline, encoder, batch_size, broken, progress)


def _one_pass(
    frames: Iterable[Frame],
    timeline: Timeline,
    encoder: ClipEncoder,
    batch_size: int,
    broken: list[float],
    progress: Callable[[float], None],
) -> VideoFeatures:
    detector = SceneDetector(timeline.fps)
    samples = frames_to_samples(detector.watch(frames), timeline.end_of)
    rows = (_to_row(sample, encoder) for sample in samples)
    width, height, columns = 0, 0, []
    while batch := list(islice(rows, batch_size)):
        width, height = batch[0].size
        columns.append(_encode(batch, encoder))
        progress(min(timeline.end_of(batch[-1].time) / float(timeline.ends[-1]), 1.0))
    end = timeline.end_of(detector.last)
    notes = find_flaws(timeline, detector.frames, end, broken)
    semantic, emotion, motion, times = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    metadata = {
        "decoder": f"PyAV {av.__version__}",
        "duration": round(end, 3),
        "fps": round(timeline.fps, 3),
        "frames": detector.frames,
    }
    metadata |= {"cuts": detector.cuts, "width": width, "height": height}
    metadata |= {"encoder": encoder.label, "emotion_words": list(EMOTIONS)}
    return VideoFeatures(semantic, emotion, motion, *cuts_to_scenes(detector.cuts, times), metadata, notes)


def _to_row(sample: Sample, encoder: ClipEncoder) -> _Row:
    image = sample.frame.image
    motion = frames_to_motion(image, sample.before)
    return _Row(len(sample.seconds), sample.frame.time, motion, image.shape[1::-1], encoder.prepare(image))


def _encode(batch: list[_Row], encoder: ClipEncoder) -> _Columns:
    counts = [row.seconds for row in batch]
    semantic, emotion = encoder.encode([row.picture for row in batch])
    motion = np.array([row.motion for row in batch], np.float32)
    times = np.array([row.time for row in batch])
    return _Columns(*(np.repeat(column, counts, axis=0) for column in (semantic, emotion, motion, times)))
