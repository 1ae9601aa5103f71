from pathlib import Path

import numpy as np
import pytest

from muvisync.errors import Filtered, Permanent
from muvisync.video.clip import ClipEncoder
from muvisync.video.extract import VideoFeatures, video_to_features

SURE_CUTS = {
    "sintel-trailer.mp4": [13.92, 16.5, 17.5, 18.17, 23.79, 25.88, 27.42, 42.21],
    "big-buck-bunny-trailer.webm": [9.08, 11.2, 13.2, 13.88, 15.0, 16.0, 16.6, 24.92, 26.0],
}
SECONDS = {"sintel-trailer.mp4": 53, "big-buck-bunny-trailer.webm": 33}


@pytest.mark.parametrize("name", SURE_CUTS)
def test_trailers(shared_media: Path, encoder: ClipEncoder, name: str):
    features = video_to_features(shared_media / "good" / name, encoder)
    assert len(features.motion) == SECONDS[name]
    for cut in SURE_CUTS[name]:
        assert min(abs(cut - found) for found in features.metadata["cuts"]) < 0.5
    if name.startswith("sintel"):
        assert_part_of(features, video_to_features(shared_media / "good" / "sintel-10s-no-audio.mp4", encoder))


def assert_part_of(trailer: VideoFeatures, clip: VideoFeatures) -> None:
    """The clip was encoded anew. Its pictures are those of the trailer from 5.0 s on (its README says 2.0 s)."""
    part = slice(5, 15)
    one, two = trailer.semantic[part].astype(np.float64), clip.semantic.astype(np.float64)
    cosine = (one * two).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(two, axis=1)
    assert cosine.min() > 0.995
    assert clip.emotion == pytest.approx(trailer.emotion[part], abs=0.02)
    assert clip.motion[0] == 0  # the first frame of a file has none before it
    assert clip.motion[1:] == pytest.approx(trailer.motion[part][1:], abs=0.3)
    assert clip.scene_id.tolist() == trailer.scene_id[part].tolist()


@pytest.mark.parametrize(
    ("name", "seconds", "frames", "size"),
    [
        ("av1.mkv", 5, 125, (640, 360)),
        ("corrupted-frames.mp4", 5, 49, (1280, 720)),
        ("negative-start.mp4", 3, 56, (640, 360)),
        ("no-duration.webm", 5, 74, (1280, 720)),
        ("one-pixel.mp4", 5, 5, (1, 1)),
        ("rotated-90.mov", 1, 3, (320, 568)),
        ("silent-audio.mp4", 14, 280, (1280, 720)),
        ("variable-rate & 'quoted name'.mov", 8, 123, (640, 480)),
    ],
)
def test_odd_files(shared_media: Path, encoder: ClipEncoder, name, seconds, frames, size):
    """Frames and ends as `ffmpeg -i` counts them."""
    features = video_to_features(shared_media / "bad" / name, encoder)
    facts = features.metadata
    assert (len(features.motion), facts["frames"]) == (seconds, frames)
    assert (facts["width"], facts["height"]) == size
    assert all(np.isfinite(column).all() for column in (features.semantic, features.emotion, features.motion))
    assert any("packets broken" in note for note in features.notes) == (name == "corrupted-frames.mp4")


@pytest.mark.parametrize("name", ["header-only.flv", "no-moov.mp4", "zero-bytes.mp4"])
def test_files_that_are_no_video(shared_media: Path, encoder: ClipEncoder, name: str):
    with pytest.raises(Permanent, match="not a video that can be opened"):
        video_to_features(shared_media / "bad" / name, encoder)


def test_sound_without_a_picture(shared_media: Path, encoder: ClipEncoder):
    with pytest.raises(Filtered, match="no picture"):
        video_to_features(shared_media / "bad" / "no-video-stream.mp4", encoder)
