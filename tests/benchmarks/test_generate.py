"""The slow side of `benchmarks generate` must be slow only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from benchmarks._chords import time_chords
from benchmarks._processor import run_and_time
from benchmarks.generate import WithoutCache, invent_video

from amt.model import Amt, AmtConfig


def test_without_the_cache_come_the_same_chords():
    torch.manual_seed(0)
    model, video = Amt(AmtConfig(width=32, heads=2, feedforward=64)).eval(), invent_video(20)
    chords = time_chords(model, video, "minor")[1]
    assert time_chords(WithoutCache(model, video), video, "minor")[1] == chords
    assert len(chords) == 20 and len(set(chords)) > 5
    assert time_chords(model, video, "minor")[1] == chords


def test_a_command_is_timed_without_the_waiting(tmp_path: Path):
    seconds, words = run_and_time([sys.executable, "-c", "import time; time.sleep(1); print('done')"], tmp_path)
    assert words == "done\n"
    assert 0 < seconds < 1
    with pytest.raises(RuntimeError, match="no such thing"):
        run_and_time([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)
