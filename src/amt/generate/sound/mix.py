"""Notes to stems and a mix: balanced, as loud from second to second as the lead sheet asks for, -14 LUFS in all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from amt.generate.lead_sheet import LeadSheet
from amt.generate.sound.automation import follow_loudness
from amt.generate.sound.loudness import integrated_loudness, limiter_gain, true_peaks
from amt.generate.styles.style import Instrument, Style
from muvisync.soundfont import RATE, Note, play_notes

TARGET = -14.0
"""LUFS, integrated: what video sites play at."""
ORIGINAL = -12.0
"""LU that the original sound is below the music, at most."""
_GAIN = -12.0  # dB of the player: many notes at once stay far from where floats get coarse
_FADE_SHARE, _LONGEST_FADE = 0.25, 1.5  # of the length, and in seconds
_ROUNDS = 4  # of louder and limited again, until the target is met
_CLOSE = 0.2  # LU, after which one more correction leaves nothing to mend
_LARGEST_GAIN = 60.0  # dB: what is fainter than that is noise


@dataclass(frozen=True, eq=False)
class Mix:
    """The music: `audio` float32 (samples, 2) at RATE; `gain` float32 (samples,) that each stem was multiplied by."""

    audio: np.ndarray
    gain: np.ndarray


def render_mix(notes: Sequence[Note], sheet: LeadSheet, style: Style) -> Mix:
    """Play notes, one instrument after another.

    Returns:
        Exactly the grid's duration, at TARGET where the true peak, below -1 dBTP, leaves room for it; faded out over
        its end. Silence stays silence. Beside the sum only one stem is in memory.
    """
    duration = sheet.grid.duration
    audio = np.zeros((round(duration * RATE), 2), np.float32)
    for _, stem in _dry_stems(notes, style, duration):
        audio += stem
    gain = follow_loudness(audio, sheet) * fade_out(len(audio), duration)
    audio *= gain[:, None]
    gain *= normalise(audio)
    return Mix(audio, gain)


def render_stems(mix: Mix, notes: Sequence[Note], sheet: LeadSheet, style: Style) -> Iterator[tuple[str, np.ndarray]]:
    """Each instrument that plays and its stem, float32 (samples, 2), one after another; together they are the mix."""
    for name, stem in _dry_stems(notes, style, sheet.grid.duration):
        stem *= mix.gain[:, None]
        yield name, stem


def normalise(audio: np.ndarray) -> np.ndarray:
    """Bring (samples, 2) to TARGET in place, its true peak below -1 dBTP; returns the gain (samples,) that did it.

    The limiter takes some loudness away, so it is measured again and made up for.
    """
    found = integrated_loudness(audio)
    if found < TARGET - _LARGEST_GAIN:
        return np.ones(len(audio), np.float32)
    gain, peaks = 10 ** ((TARGET - found) / 20), true_peaks(audio)
    curve = limiter_gain(peaks, gain) * np.float32(gain)
    for _ in range(_ROUNDS if curve.min() < gain else 0):
        missing = TARGET - integrated_loudness(audio * curve[:, None])
        gain *= 10 ** (missing / 20)
        curve = limiter_gain(peaks, gain) * np.float32(gain)
        if abs(missing) < _CLOSE:
            break
    audio *= curve[:, None]
    return curve


def fade_out(samples: int, duration: float) -> np.ndarray:
    """1, and a quarter cosine down to 0 over the last 1.5 s or quarter of the length: float32 (samples,)."""
    gain = np.ones(samples, np.float32)
    count = min(round(min(_FADE_SHARE * duration, _LONGEST_FADE) * RATE), samples)
    gain[samples - count :] = np.cos(np.linspace(0, np.pi / 2, count, dtype=np.float32))
    return gain


def duck(original: np.ndarray, music: np.ndarray) -> np.ndarray:
    """The original sound kept under the music: 12 LU below it or as soft as it was, the sum at TARGET.

    Args:
        original: float32 (samples, 2) at RATE; cut off or followed by silence where it is not as long as the music.
        music: float32 (samples, 2), at TARGET.

    Returns:
        float32, as long as the music, true peak below -1 dBTP.
    """
    under = np.zeros_like(music)
    count = min(len(original), len(music))
    under[:count] = np.nan_to_num(original[:count])
    found = integrated_loudness(under)
    if math.isfinite(found):
        under *= np.float32(10 ** (min(TARGET + ORIGINAL - found, 0.0) / 20))
    under += music
    normalise(under)
    return under


def _dry_stems(notes: Sequence[Note], style: Style, duration: float) -> Iterator[tuple[str, np.ndarray]]:
    for name, player in style.instruments.items():
        mine = [note for note in notes if note.instrument == name]
        if mine:
            stem = play_notes(mine, duration, {name: player.program}, _GAIN + player.level)
            stem *= _balance(player)
            yield name, stem


def _balance(player: Instrument) -> np.ndarray:
    """Gain of the left and the right channel: the side away from the instrument is turned down."""
    return np.array([min(1.0, 1 - player.pan), min(1.0, 1 + player.pan)], np.float32)
