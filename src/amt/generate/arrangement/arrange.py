"""A lead sheet and a style -> notes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from amt.generate.arrangement.accompany import offer_arpeggio, offer_bass, offer_chords, offer_pad
from amt.generate.arrangement.drums import offer_drums
from amt.generate.arrangement.dynamics import offers_to_notes
from amt.generate.arrangement.ending import close, closing_beat, offer_run
from amt.generate.arrangement.frame import Beat, cast, sheet_to_beats
from amt.generate.arrangement.melody import offer_melody
from amt.generate.arrangement.notes import clean_notes, notes_to_density
from amt.generate.arrangement.offer import Offer
from amt.generate.arrangement.score import choose_offers
from amt.generate.lead_sheet import LeadSheet
from amt.generate.styles import choose_instruments
from amt.generate.styles.style import Instrument, Style
from muvisync.chords import Key
from muvisync.soundfont import DRUMS, Note

_LEAST = 3.0  # notes a second, of bass and chord: fewer are no chord


def arrange(sheet: LeadSheet, style: Style, seed: int, instruments: Sequence[str] | None = None) -> list[Note]:
    """Arrange a lead sheet; the same arguments give the same notes.

    Args:
        seed: of the melody and the players' small errors.
        instruments: names of the style's that may play; None: all.

    Returns:
        Notes in order of time, none beyond the grid's end, none outside its instrument's range; but for the drums no
        pitch twice at once.

    Raises:
        UserError: an instrument that the style does not have.
    """
    style = choose_instruments(style, instruments)
    melody, players = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    beats = sheet_to_beats(sheet)
    pitched, drums = _all_offers(style, beats, sheet.key, melody)
    closing = closing_beat(beats)
    chosen = choose_offers(close(pitched, closing) + _run(style, beats, closing), density_target(sheet))
    notes = offers_to_notes(chosen + close(drums, closing), beats, sheet.loudness, style.human, players)
    return _clean(notes, sheet.grid.duration)


def density_target(sheet: LeadSheet) -> np.ndarray:
    """Notes that should sound in each second, at least as many as make a chord: float64 (seconds,).

    The mean of the lead sheet's density over the second, beats weighted by how much of it they cover.
    """
    times = sheet.grid.times
    total = np.concatenate([[0.0], np.cumsum(np.diff(times) * sheet.density)])
    edges = np.append(np.arange(max(1, math.ceil(sheet.grid.duration))), sheet.grid.duration)
    means = np.diff(np.interp(edges, times, total)) / np.diff(edges)
    return np.maximum(means, _LEAST)


def sounding_density(notes: Iterable[Note], seconds: int) -> np.ndarray:
    """Notes sounding in each second, drums apart: they have no pitch to be transcribed. float32 (seconds,)."""
    return notes_to_density((note for note in notes if note.instrument != DRUMS), seconds)


def _clean(notes: list[Note], duration: float) -> list[Note]:
    drums = [note for note in notes if note.instrument == DRUMS]
    pitched = [note for note in notes if note.instrument != DRUMS]
    return sorted(clean_notes(pitched, duration) + clean_notes(drums, duration))


def _all_offers(
    style: Style, beats: list[Beat], key: Key, chance: np.random.Generator
) -> tuple[list[Offer], list[Offer]]:
    """Offers of the pitched instruments and of the drums, each instrument's only in the sections that it plays in."""
    sections, pitched, drums = cast(style, beats), [], []
    for name, player in style.instruments.items():
        offers = drums if player.role == "drums" else pitched
        for part in _parts(name, beats, sections):
            chords = [n for n, p in sections[part[0].section].items() if p.role == "chords"]
            offers += _play(name, player, part, style, key, second=chords[:1] != [name], chance=chance)
    return pitched, drums


def _parts(name: str, beats: list[Beat], sections: list[dict[str, Instrument]]) -> Iterator[list[Beat]]:
    """The runs of sections in which an instrument plays."""
    run: list[Beat] = []
    for beat in beats:
        if name in sections[beat.section]:
            run.append(beat)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _play(
    name: str, player: Instrument, beats: list[Beat], style: Style, key: Key, second: bool, chance: np.random.Generator
) -> Iterator[Offer]:
    shift = {mood: setting.register_shift for mood, setting in style.moods.items()}
    match player.role:
        case "bass":
            yield from offer_bass(name, player, beats, style.swing)
        case "chords":
            yield from offer_chords(name, player, beats, style.swing, second, shift)
        case "pad":
            yield from offer_pad(name, player, beats, shift)
        case "arpeggio":
            yield from offer_arpeggio(name, player, beats, style.swing, shift)
        case "melody":
            yield from offer_melody(name, player, beats, key, style.swing, shift, chance)
        case "drums":
            yield from offer_drums(name, player, beats, style.swing)


def _run(style: Style, beats: list[Beat], closing: Beat) -> list[Offer]:
    playing = cast(style, beats)[closing.section]
    runners = [(name, player) for name, player in playing.items() if player.role in ("arpeggio", "melody", "chords")]
    return list(offer_run(*runners[0], closing)) if runners else []
