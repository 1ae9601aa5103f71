"""A simple melody of chord tones: a motif a section, which comes back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from amt.generate.arrangement.accompany import strokes_of
from amt.generate.arrangement.frame import Beat
from amt.generate.arrangement.offer import MELODY, Offer, weakness
from amt.generate.arrangement.voicing import chord_tones
from amt.generate.styles.style import Instrument
from muvisync.chords import NO_CHORD

_MOTIF = 8  # strokes until it comes back
_STEPS, _LIKELY = (-2, -1, 0, 1, 2), (0.1, 0.3, 0.15, 0.3, 0.15)


def offer_melody(
    name: str, player: Instrument, beats: list[Beat], swing: float, shift: dict[str, int], chance: np.random.Generator
) -> Iterator[Offer]:
    """Strokes of the pattern on tones of the chord, each the one nearest to where the section's motif goes.

    The motif is a contour of chord steps around the middle of the range; on the first bar of the piece it waits.
    """
    sections = beats[-1].section + 1
    motifs = np.cumsum(chance.choice(_STEPS, (sections, _MOTIF), p=_LIKELY), axis=1)
    stroke, section = 0, -1
    for beat in beats:
        if beat.section != section:
            stroke, section = 0, beat.section
        if beat.label == NO_CHORD or (beat.bar == 0 and beat.section < sections - 1):
            continue
        tones = chord_tones(beat.label, player.low, player.high)
        middle = (player.low + player.high) / 2 + shift.get(beat.mood, 0) / 2
        home = min(range(len(tones)), key=lambda place, tones=tones, middle=middle: abs(tones[place] - middle))
        for start, end, step in strokes_of(player.patterns, beat, swing):
            place = home + int(motifs[section, stroke % _MOTIF])
            pitch = tones[min(max(place, 0), len(tones) - 1)]
            yield Offer(MELODY + weakness(step.start) / 2, start, end, pitch, name, step.force)
            stroke += 1
