"""How hard the notes are struck: by predicted loudness, and so that beats, bars and cuts are heard."""

from __future__ import annotations

import math

import numpy as np

from amt.generate.arrangement.frame import Beat
from amt.generate.arrangement.offer import Offer
from amt.generate.styles.style import Human
from muvisync.soundfont import Note

SOFTEST, LOUDEST = 28, 120
_FULL = 0.5  # RMS that asks for the hardest strokes
_USUAL, _SHARES = 8.0, (0.75, 1.3)  # strokes a second; least and most share
_DOWNBEAT, _CUT, _BEAT, _OFF = 1.06, 1.12, 0.98, 0.84


def loudness_to_velocity(loudness: float) -> float:
    """Velocity of a stroke of force 1 at `loudness` (RMS over full scale, 0-1).

    A synthesiser's amplitude is proportional to velocity; the power .5 keeps quiet seconds audible (published: power
    .3, velocities 49 to 112). What is missing to the loudness the mix adds.
    """
    return SOFTEST + (LOUDEST - SOFTEST) * min(1.0, math.sqrt(max(loudness, 0.0) / _FULL))


def accent(beat: Beat, start: float) -> float:
    """Share of the velocity for a note at `start` seconds within a beat."""
    if start - beat.start > 0.02:
        return _OFF
    return _CUT if beat.cut and beat.changes else _DOWNBEAT if beat.place == 0 else _BEAT


def offers_to_notes(
    offers: list[Offer], beats: list[Beat], loudness: np.ndarray, human: Human, chance: np.random.Generator
) -> list[Note]:
    """Give notes their velocities (from `loudness` (beats,)), and their players small errors.

    Strokes of an instrument at one time move together: a chord stays a chord. The first beat of all stays where it is.
    """
    starts = np.array([beat.start for beat in beats])
    shares = _shares(offers, beats)
    moved: dict[tuple[float, str], float] = {}
    notes = []
    for offer in offers:
        index = max(0, int(np.searchsorted(starts, offer.start + 1e-6)) - 1)
        hit = (offer.start, offer.instrument)
        if hit not in moved:
            # late, never early: what comes before a second begins would count in the one before
            moved[hit] = float(min(abs(chance.normal(0, human.time)), 2 * human.time))
        force = loudness_to_velocity(float(loudness[index])) * offer.force * shares[index]
        force *= accent(beats[index], offer.start)
        velocity = round(force + chance.normal(0, human.velocity))
        start = offer.start + moved[hit] if offer.start > 0 else 0.0
        notes.append(Note(start, offer.end, offer.pitch, max(1, min(127, velocity)), offer.instrument))
    return notes


def _shares(offers: list[Offer], beats: list[Beat]) -> np.ndarray:
    """Share of the velocity that each note has where so many begin within a beat: (beats,), 1 for _USUAL a second.

    The energy of n notes is n times that of one, which asks for the power -1/2; half of it leaves dense music denser.
    """
    edges = [beat.start - 1e-6 for beat in beats] + [beats[-1].end]
    struck = np.histogram([offer.start for offer in offers], edges)[0] / np.diff(edges)
    return np.clip((np.maximum(struck, 1.0) / _USUAL) ** -0.25, *_SHARES)
