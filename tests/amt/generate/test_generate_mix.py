"""The mix: length, loudness and peak, the curve of loudness, stems that add up, the original sound under it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.amt.generate.lead_sheets import make_sheet

from amt.generate.arrangement import arrange
from amt.generate.sound.loudness import integrated_loudness, true_peak
from amt.generate.sound.mix import TARGET, duck, normalise, render_mix, render_stems
from amt.generate.styles import list_styles, read_style
from muvisync.soundfont import RATE


def tone(seconds: float, amplitude: float, hertz: float = 997.0) -> np.ndarray:
    wave = amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


@pytest.mark.parametrize("style", list_styles())
def test_a_mix_is_as_long_and_as_loud_as_it_must_be(style: str):
    for seed, length in ((1, 0.1), (2, 0.3), (3, 2.517), (4, 9.0)):
        sheet, players = make_sheet(seed, length), read_style(style)
        mix = render_mix(arrange(sheet, players, seed), sheet, players)
        assert mix.audio.shape == (round(length * RATE), 2) and mix.audio.dtype == np.float32
        assert np.isfinite(mix.audio).all() and true_peak(mix.audio) < -1
        assert integrated_loudness(mix.audio) == pytest.approx(TARGET, abs=0.5 if length > 1 else 6)


def test_loudness_follows_the_prediction_and_stems_add_up():
    sheet, players = make_sheet(11, 24.0, rests=0), read_style("band")
    notes = arrange(sheet, players, 0)
    mix = render_mix(notes, sheet, players)
    seconds = mix.audio[: 24 * RATE].mean(1).reshape(24, RATE)
    heard = np.sqrt(np.mean(np.square(seconds, dtype=np.float64), axis=1))
    middles = (sheet.grid.times[1:] + sheet.grid.times[:-1]) / 2
    wanted = np.interp(np.arange(24) + 0.5, middles, sheet.loudness)
    assert np.corrcoef(heard[:-2], wanted[:-2])[0, 1] > 0.85  # the last two fade out
    stems = dict(render_stems(mix, notes, sheet, players))
    assert set(stems) == {note.instrument for note in notes}
    assert np.allclose(sum(stems.values()), mix.audio, atol=1e-4)


def test_silence_stays_silence():
    sheet = make_sheet(1, 3.0)
    mix = render_mix([], sheet, read_style("piano"))
    assert mix.audio.shape == (3 * RATE, 2) and not mix.audio.any()
    assert integrated_loudness(mix.audio) == -math.inf and true_peak(mix.audio) == -math.inf


def test_loudness_and_true_peak_are_those_of_the_standard():
    assert integrated_loudness(tone(5, 10 ** (-20 / 20))) == pytest.approx(-20.0, abs=0.1)  # EBU Tech 3341, case 1
    assert true_peak(tone(1, 0.5)) == pytest.approx(-6.02, abs=0.1)
    between = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)  # its samples are 3 dB below its peaks
    assert true_peak(np.stack([between, between], 1).astype(np.float32) * 0.5) == pytest.approx(-6.02, abs=0.3)


def test_a_click_is_limited_without_pulling_all_down():
    sound = tone(4, 0.05)
    sound[2 * RATE] = 1.0
    normalise(sound)
    assert true_peak(sound) < -1
    assert integrated_loudness(sound) == pytest.approx(TARGET, abs=0.2)


@pytest.mark.parametrize("seconds", [2.0, 4.0, 7.0])
def test_the_original_is_kept_under_the_music(seconds: float):
    music = tone(4, 0.28)
    normalise(music)
    sum_of_both = duck(tone(seconds, 0.9, 440.0), music)
    assert sum_of_both.shape == music.shape and true_peak(sum_of_both) < -1
    assert integrated_loudness(sum_of_both) == pytest.approx(TARGET, abs=0.2)
    spectrum = np.abs(np.fft.rfft(sum_of_both[: 2 * RATE, 0]))
    ratio = 20 * math.log10(spectrum[880] / spectrum[1994])
    assert -16 < ratio < -8


def test_a_silent_original_changes_nothing():
    music = tone(2, 0.28)
    normalise(music)
    assert np.allclose(duck(np.zeros((RATE, 2), np.float32), music), music, atol=1e-3)
