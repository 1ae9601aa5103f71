"""Notes being put together, one sounding stroke of a pitch at a time, with the notes of each second counted."""

from __future__ import annotations

import math
from bisect import bisect, insort
from dataclasses import dataclass, field

import numpy as np

from amt.generate.arrangement.offer import GUIDE, PULSE, Offer

SHORTEST = 0.08
"""Seconds; no note is cut shorter than this."""
_FOR_NEW = 0.5  # of the notes of a second, at most, that held ones make way for new chords and strokes on the beats
_GAP = 0.01  # seconds before a second begins at which a note stops that must not count in it


@dataclass
class Stroke:
    """A note of the score; its end may still come sooner."""

    offer: Offer
    end: float


@dataclass
class Score:
    """The notes so far. `count[s]` is the number of notes sounding in second s (FACTS, note density)."""

    seconds: int
    count: np.ndarray = field(init=False)
    strokes: dict[int, list[tuple[float, Stroke]]] = field(default_factory=dict)
    held: list[Stroke] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.count = np.zeros(self.seconds + 1, np.int64)

    def add(self, offer: Offer) -> bool:
        """Play an offer, unless another instrument or a stroke too near has its pitch.

        A note of the same instrument that has it ends where this one begins.
        """
        line = self.strokes.setdefault(offer.pitch, [])
        place = bisect(line, offer.start, key=lambda item: item[0])
        before = line[place - 1][1] if place else None
        end = min(offer.end, line[place][0]) if place < len(line) else offer.end
        if end - offer.start < min(SHORTEST, offer.end - offer.start):
            return False
        if before and before.end > offer.start:
            if before.offer.instrument != offer.instrument or offer.start - before.offer.start < SHORTEST:
                return False
            self.stop(before, offer.start)
        stroke = Stroke(offer, end)
        insort(line, (offer.start, stroke), key=lambda item: item[0])
        self._count(stroke, offer.start, 1)
        if math.ceil(end) > int(offer.start) + 1:
            self.held.append(stroke)
        return True

    def stop(self, stroke: Stroke, end: float) -> None:
        """End a note sooner."""
        self._count(stroke, stroke.offer.start, -1)
        stroke.end = end
        self._count(stroke, stroke.offer.start, 1)

    def thin(self, second: int, wanted: int) -> None:
        """Let go of held notes, the ones of the highest rank first, until `wanted` sound on in a second.

        The bass is kept.
        """
        self.held = [stroke for stroke in self.held if stroke.end > second]
        loose = [s for s in self.held if s.offer.rank >= GUIDE and second - _GAP - s.offer.start >= SHORTEST]
        loose.sort(key=lambda stroke: (stroke.offer.rank, stroke.offer.start))
        while loose and self.count[second] > wanted:
            self.stop(loose.pop(), second - _GAP)

    def offers(self) -> list[Offer]:
        """What is played, with the ends that came of it, in order of time."""
        played = [stroke.offer._replace(end=stroke.end) for line in self.strokes.values() for _, stroke in line]
        return sorted(played, key=lambda offer: (offer.start, offer.pitch))

    def _count(self, stroke: Stroke, start: float, by: int) -> None:
        self.count[int(start) : max(math.ceil(stroke.end), int(start) + 1)] += by


def choose_offers(offers: list[Offer], target: np.ndarray) -> list[Offer]:
    """Of all that is offered play so much that `target` (seconds,) notes sound in each second, as nearly as may be."""
    score = Score(len(target))
    by_second: list[list[Offer]] = [[] for _ in target]
    for offer in offers:
        by_second[min(int(offer.start), len(target) - 1)].append(offer)
    for second, (wanted, offered) in enumerate(zip(target, by_second, strict=True)):
        new = sum(offer.rank < PULSE for offer in offered)
        new += len({offer.start for offer in offered if PULSE <= offer.rank < PULSE + 0.5})
        score.thin(second, round(wanted - min(new, _FOR_NEW * wanted)))
        for offer in sorted(offered, key=lambda o: (o.rank, o.start, o.pitch)):
            if offer.rank < 1 or score.count[second] < wanted - 0.5:
                score.add(offer)
    return score.offers()
