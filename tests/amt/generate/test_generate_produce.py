"""Whole files from real videos: playable, of the right length, the picture untouched, the same every time."""

from __future__ import annotations

import math

import numpy as np
import pytest
import soundfile
import torch

from amt.generate.output.mux import video_to_poster
from amt.generate.predict.features import Seen
from amt.generate.produce import Extras, produce
from amt.generate.wish import Wish
from muvisync.container import probe
from muvisync.errors import Permanent
from muvisync.ffmpeg import media_input, run_ffmpeg

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
VP9 = ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-c:a", "libopus")
VP8 = ("-c:v", "libvpx", "-cpu-used", "8", "-c:a", "libvorbis")


@pytest.mark.parametrize(
    ("name", "codec", "copied"), [("a.mp4", H264, True), ("a.webm", VP9, True), ("b.webm", VP8, False)]
)
def test_a_video_gets_its_music(models, make_features, make_video, tmp_path, name, codec, copied):
    media = make_video(name, 6.4, *codec)
    (made,) = produce(media, Seen(make_features(7)), models, Wish(), [tmp_path / "out.mp4"])
    info = probe(tmp_path / "out.mp4")
    assert made.copied is copied and abs(info.duration - probe(media).duration) < 0.05
    pcm = run_ffmpeg([*media_input(tmp_path / "out.mp4"), "-map", "0:a:0", "-f", "f32le", "-"])
    sound = np.frombuffer(pcm, np.float32).reshape(-1, 2)
    assert np.sqrt(np.mean(sound**2)) > 0.01 and np.abs(sound).max() < 1.0
    assert abs(len(sound) / 44100 - probe(media).duration) < 0.05
    assert (tmp_path / "out.mid").stat().st_size and (tmp_path / "out.wav").stat().st_size


def test_the_picture_is_untouched_and_the_bytes_repeat(models, make_features, make_video, tmp_path):
    media = make_video("a.mp4", 6.4, *H264)
    for name in ("one", "two"):
        produce(media, Seen(make_features(7)), models, Wish(seed=5), [tmp_path / f"{name}.mp4"])
    annexb = ["-bsf:v", "h264_mp4toannexb"]
    streams = [
        run_ffmpeg([*media_input(p), "-map", "0:v:0", "-c", "copy", *annexb, "-f", "md5", "-"])
        for p in (media, tmp_path / "one.mp4")
    ]
    assert streams[0] == streams[1]
    for suffix in (".mp4", ".mid", ".wav"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


@pytest.mark.parametrize("seconds", [0.2, 1.0])
def test_a_very_short_video(models, make_features, make_video, tmp_path, seconds):
    media = make_video(f"short-{seconds}.mp4", seconds, *H264)
    (made,) = produce(media, Seen(make_features(1)), models, Wish(), [tmp_path / "out.mp4"])
    assert abs(made.metrics["duration_error_ms"]) < 50 and made.metrics["notes"] > 0


def test_odd_sides_are_re_encoded(models, make_features, make_video, tmp_path):
    media = make_video("odd.webm", 1.0, *VP8, size="65x47")
    produce(media, Seen(make_features(1)), models, Wish(), [tmp_path / "out.mp4"])
    assert probe(tmp_path / "out.mp4").has_video


def test_sound_alone_is_no_video(models, make_features, tmp_path):
    run_ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", str(tmp_path / "sound.mp4")])
    with pytest.raises(Permanent, match="no picture"):
        produce(tmp_path / "sound.mp4", Seen(make_features(1)), models, Wish(), [tmp_path / "out.mp4"])
    assert not (tmp_path / "out.mp4").exists()


def test_timeline_and_metrics(models, make_features, make_video, tmp_path, monkeypatch):
    wave = torch.sin(torch.arange(20) / 3)
    monkeypatch.setattr("amt.generate.compose.features_to_rhythm", lambda *_: (8 + 4 * wave, 0.2 + 0.1 * wave))
    seen = Seen(make_features(20), cuts=(4.3, 9.1, 15.8))
    (made,) = produce(make_video("c.mp4", 20.0, *H264), seen, models, Wish(), [tmp_path / "out.mp4"])
    timeline, values = made.timeline, made.timeline["per_second"]
    assert len(values["motion"]) == len(values["density"]["predicted"]) == len(values["loudness"]["realised"]) == 20
    assert timeline["beats"][0] == 0 and timeline["beats"][-1] == timeline["duration"]
    assert [cut["time"] for cut in timeline["cuts"]] == [4.3, 9.1, 15.8]
    assert all(abs(timeline["beats"][cut["beat"]] - cut["time"]) < 0.04 for cut in timeline["cuts"])
    assert timeline["chords"][0]["start"] == 0 and timeline["chords"][-1]["end"] == timeline["duration"]
    assert made.metrics["density_correlation"] > 0.8 and made.metrics["loudness_correlation"] > 0.6
    assert -2 < made.metrics["peak_dbfs"] < 0 and -40 < made.metrics["rms_dbfs"] < -6
    assert all(math.isfinite(value) for value in made.metrics.values() if isinstance(value, float))


def test_variants_are_what_each_seed_alone_gives(models, make_features, make_video, tmp_path):
    media, seen = make_video("a.mp4", 6.4, *H264), Seen(make_features(7))
    outs = [tmp_path / "one.mp4", tmp_path / "two.mp4"]
    assert [made.piece.seed for made in produce(media, seen, models, Wish(seed=5), outs)] == [5, 6]
    produce(media, seen, models, Wish(seed=6), [tmp_path / "alone.mp4"])
    assert (tmp_path / "two.mid").read_bytes() == (tmp_path / "alone.mid").read_bytes()
    assert (tmp_path / "one.mid").read_bytes() != (tmp_path / "two.mid").read_bytes()


def test_the_videos_own_sound_stays_under_the_music_and_stems_add_up(models, make_features, make_video, tmp_path):
    media, seen = make_video("a.mp4", 6.4, *H264), Seen(make_features(7))
    produce(media, seen, models, Wish(), [tmp_path / "alone.mp4"], Extras(stems=True))
    produce(media, seen, models, Wish(), [tmp_path / "under.mp4"], Extras(keep_audio=True))
    alone, under = (soundfile.read(tmp_path / f"{name}.wav")[0] for name in ("alone", "under"))
    stems = sum(soundfile.read(path)[0] for path in (tmp_path / "alone").glob("*.wav"))
    assert np.abs(stems - alone).max() < 0.001
    scale = (alone * under).sum() / (alone**2).sum()
    noise = under - scale * alone  # what the video brought: noise
    assert 0.01 < np.sqrt((noise**2).mean()) < 0.5 * np.sqrt((alone**2).mean())


@pytest.mark.parametrize("style", ["band", "ambient"])
def test_style_tempo_and_mood_are_obeyed(models, make_features, make_video, tmp_path, style):
    wish = Wish(style=style, tempo=100, mood="sad")
    (made,) = produce(make_video("c.mp4", 20.0, *H264), Seen(make_features(20)), models, wish, [tmp_path / "out.mp4"])
    assert (made.timeline["style"], made.timeline["key"]) == (style, "A minor")
    assert made.timeline["tempo"] == pytest.approx(100, rel=0.03)
    assert {section["mood"] for section in made.timeline["sections"]} == {"sad"}


def test_poster(make_video, tmp_path):
    video_to_poster(make_video("a.mp4", 6.4, *H264), 2.0, tmp_path / "poster.jpg")
    assert (tmp_path / "poster.jpg").read_bytes()[:2] == b"\xff\xd8"


@pytest.mark.parametrize("name", ["good/sintel-10s-no-audio.mp4", "bad/av1.mkv", "bad/no-duration.webm"])
def test_real_videos(models, make_features, shared_media, tmp_path, name):
    media = shared_media / name
    (made,) = produce(
        media, Seen(make_features(math.ceil(probe(media).duration))), models, Wish(), [tmp_path / "out.mp4"]
    )
    assert made.copied and abs(made.metrics["duration_error_ms"]) < 50
