"""The drums: their pattern by density, and a crash where a section begins."""

from __future__ import annotations

from collections.abc import Iterator

from amt.generate.arrangement.accompany import swung
from amt.generate.arrangement.frame import Beat
from amt.generate.arrangement.offer import ALWAYS, Offer
from amt.generate.styles.style import DrumLevel, Instrument

CRASH = 49
_CRASH_LEVEL = 1  # of the kit's levels, from which on a section begins with a crash
_LENGTH = 0.1  # seconds


def offer_drums(name: str, player: Instrument, beats: list[Beat], swing: float) -> Iterator[Offer]:
    """Everything that the kit's pattern has; drums are no part of the density."""
    for number, beat in enumerate(beats):
        level = _level(player.kit, beat.density)
        begins = number == 0 or beats[number - 1].section != beat.section
        if begins and beat.index > 0 and player.kit.index(level) >= _CRASH_LEVEL:
            yield Offer(ALWAYS, beat.start, min(beat.start + 1, beats[-1].end), CRASH, name, 0.8)
        for key, steps in level.drums.items():
            for step in steps[beat.place % len(steps)]:
                start = beat.start + beat.length * swung(step.start, swing)
                yield Offer(ALWAYS, start, min(start + _LENGTH, beats[-1].end), key, name, step.force)


def _level(kit: tuple[DrumLevel, ...], density: float) -> DrumLevel:
    reached = [level for level in kit if level.density <= density]
    return (reached or list(kit[:1]))[-1]
