"""The end of a piece: the last chord is struck once by all, and rings."""

from __future__ import annotations

from collections.abc import Iterator

from amt.generate.arrangement.frame import Beat
from amt.generate.arrangement.offer import CHORD, FIGURE, GUIDE, Offer
from amt.generate.arrangement.voicing import chord_tones
from amt.generate.styles.style import Instrument
from muvisync.chords import NO_CHORD

_RUN_STEPS = 4  # notes a beat of the run upwards


def closing_beat(beats: list[Beat]) -> Beat:
    """The beat where the last chord is struck."""
    return next(beat for beat in reversed(beats) if beat.changes)


def close(offers: list[Offer], closing: Beat) -> list[Offer]:
    """Nothing is struck after the closing beat, and its chord is complete; it is let go of where little shall sound."""
    kept = [offer for offer in offers if offer.start <= closing.start + 1e-6]
    return [
        offer._replace(rank=GUIDE) if offer.start >= closing.start and int(offer.rank) == CHORD else offer
        for offer in kept
    ]


def offer_run(name: str, player: Instrument, closing: Beat) -> Iterator[Offer]:
    """A run upwards through the last chord that keeps ringing, where the last seconds are dense."""
    if closing.label == NO_CHORD:
        return
    for number, pitch in enumerate(chord_tones(closing.label, player.low, player.high)):
        start = closing.start + (number + 1) * closing.length / _RUN_STEPS
        if start < closing.span_end - 0.5:
            yield Offer(FIGURE + number / 20, start, closing.span_end, pitch, name, 0.7)
