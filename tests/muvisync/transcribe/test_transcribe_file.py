from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from muvisync.errors import Filtered, Permanent
from muvisync.ffmpeg import run_ffmpeg
from muvisync.transcribe.audio import RATE
from muvisync.transcribe.transcription import transcribe, transcribe_file


def test_a_cadence_is_understood(cadence, params):
    said = transcribe(cadence, params).to_json()
    assert said["key"] == "A minor"
    assert said["per_second"]["chord"][:4] == ["A:min", "A:min", "F", "F"]
    assert min(said["per_second"]["note_density"]) >= 3
    assert said["notes"] >= 30
    assert not said["silent"]
    assert {len(column) for column in said["per_second"].values()} == {10}
    json.dumps(said, allow_nan=False)


def test_silence_is_an_outcome(params):
    said = transcribe(np.zeros(round(2.3 * RATE), np.float32), params).to_json()
    assert said["per_second"] == {"chord": ["N"] * 3, "loudness": [0.0] * 3, "note_density": [0] * 3}
    assert (said["key"], said["key_confidence"], said["notes"], said["silent"]) == (None, None, 0, True)
    assert [(s["start"], s["end"], s["chord"]) for s in said["chords"]] == [(0.0, 2.3, "N")]


@pytest.mark.parametrize("seconds", [0.002, 0.3, 1.01])
def test_noise_of_any_length_has_no_nan(seconds: float, params):
    noise = np.random.default_rng(1).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)
    json.dumps(transcribe(noise, params).to_json(), allow_nan=False)


def test_a_file_without_audio_is_filtered(tmp_path: Path, params):
    video = tmp_path / "mute.mp4"
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1", "-pix_fmt", "yuv420p", str(video)])
    with pytest.raises(Filtered, match="no audio"):
        transcribe_file(video, params)


def test_what_is_no_media_file_is_permanent(tmp_path: Path, params):
    (tmp_path / "x.mp4").write_bytes(b"not a video")
    with pytest.raises(Permanent):
        transcribe_file(tmp_path / "x.mp4", params)


def test_libraries_keep_quiet_and_leave_logging_alone():
    script = """
import logging, numpy as np
from muvisync.params import TranscribeParams
from muvisync.transcribe.transcription import transcribe
params = TranscribeParams(onset_threshold=.5, frame_threshold=.3, minimum_note_ms=100., failure_budget=0.)
transcribe((.3 * np.sin(np.arange(44100) / 16)).astype(np.float32), params)
assert not logging.getLogger().handlers and logging.getLogger().level == logging.WARNING
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert logging.getLogger().level <= logging.WARNING


@pytest.mark.parametrize(
    "name", ["bad/silent-audio.mp4", "bad/negative-start.mp4", "bad/variable-rate & 'quoted name'.mov"]
)
def test_real_clips_end_ok(name: str, shared_media: Path, params):
    result = transcribe_file(shared_media / name, params)
    json.dumps(result.to_json(), allow_nan=False)
    assert result.silent == ("silent" in name)
