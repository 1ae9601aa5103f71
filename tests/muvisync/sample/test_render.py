"""One whole clip, rendered, then measured with the real tools."""

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

from muvisync.container import probe
from muvisync.ffmpeg import decode_audio, run_ffmpeg
from muvisync.files import file_hash, read_json
from muvisync.sample import clip_checkpoint, render_clip
from muvisync.sample.brush import HEIGHT, WIDTH
from muvisync.sample.check import correlate, cuts_f1, emotion_accuracy
from muvisync.sample.compose import FPS, MOODS
from muvisync.sample.film import frame_difference
from muvisync.sample.truth import audio_to_loudness

UNSEEN = 13  # not one of the default catalogue's


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return render_clip(UNSEEN, tmp_path_factory.mktemp("clip"), "one")


@pytest.fixture(scope="module")
def frames(clip):
    raw = run_ffmpeg(["-i", str(clip[0]), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)


def test_bytes_are_the_same_every_time(clip, tmp_path):
    again = render_clip(UNSEEN, tmp_path, "two")
    assert [file_hash(path) for path in again] == [file_hash(path) for path in clip]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["two.mp4", "two.truth.json"]


def test_media_and_truth_agree(clip, frames):
    info, truth = probe(clip[0]), read_json(clip[1])
    assert (info.codec, info.width, info.height, info.fps) == ("h264", WIDTH, HEIGHT, FPS)
    assert info.has_audio and abs(info.duration - truth["duration"]) < 0.1
    assert len(frames) == round(truth["duration"] * FPS)
    assert {len(series) for series in truth["per_second"].values()} == {-(-len(frames) // FPS)}


def test_loudness_and_motion_survive_the_encoding(clip, frames):
    per_second = read_json(clip[1])["per_second"]
    audio = decode_audio(clip[0], 44100)
    heard = audio_to_loudness(np.stack([audio, audio], axis=1))
    seen = [0.0] + [frame_difference(frames[at - 1], frames[at]) for at in range(FPS, len(frames), FPS)]
    assert correlate(per_second["loudness"], heard) > 0.98
    assert correlate(per_second["motion"], seen) > 0.98


def test_cuts_are_found_by_the_detector(clip):
    from scenedetect import AdaptiveDetector, detect

    cuts = [scene[0].seconds for scene in detect(str(clip[0]), AdaptiveDetector())][1:]
    assert cuts_f1(read_json(clip[1])["cuts"], cuts) >= 0.95


def test_small_clip_sees_the_moods(clip, frames):
    config, weights = clip_checkpoint()
    open_clip.add_model_config(config)
    model, _, preprocess = open_clip.create_model_and_transforms(config.stem, pretrained=str(weights))
    pixels = torch.stack([preprocess(Image.fromarray(frame)) for frame in frames[::FPS]])
    with torch.inference_mode():
        image = model.encode_image(pixels)
        words = model.encode_text(open_clip.get_tokenizer(config.stem)(list(MOODS)), normalize=True)
        emotion = (model.logit_scale.exp() * torch.nn.functional.normalize(image, dim=-1) @ words.T).softmax(-1)
    assert image.shape[1] == 768
    assert emotion_accuracy(read_json(clip[1])["per_second"]["mood"], emotion.numpy()) >= 0.9
