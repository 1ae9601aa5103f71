"""Patterns as a musician writes them: "X--- x--- x.x. x---" is a bar of four beats of four steps each."""

from __future__ import annotations

from typing import NamedTuple

STRIKE, ACCENT, HOLD, REST = "x", "X", "-", "."
_SOFTER = 0.85


class Step(NamedTuple):
    """A stroke from `start` to `end` within a pattern, in beats; `force` 1 for an accent, less otherwise."""

    start: float
    end: float
    force: float


Pattern = tuple[tuple[Step, ...], ...]
"""The strokes of each beat; a pattern is repeated from the first beat of a bar, and cut off by its end."""


def parse_pattern(text: str) -> Pattern:
    """Read a pattern: beats apart by spaces, of one to six steps each; x struck, X accented, - held on, . silent.

    Raises:
        ValueError: another sign, or a beat of more than six steps.
    """
    beats = text.split()
    wrong = sorted(set("".join(beats)) - {STRIKE, ACCENT, HOLD, REST})
    if wrong or not beats or max(map(len, beats)) > 6:
        raise ValueError(f"{text!r}: write beats of one to six of x (struck), X (accented), - (held) and . (silent)")
    cells = [(beat + place / len(cell), sign) for beat, cell in enumerate(beats) for place, sign in enumerate(cell)]
    cells.append((float(len(beats)), REST))
    parsed: list[list[Step]] = [[] for _ in beats]
    for place, (start, sign) in enumerate(cells):
        if sign in (STRIKE, ACCENT):
            end = next(time for time, later in cells[place + 1 :] if later != HOLD)
            parsed[int(start)].append(Step(start % 1, end - int(start), 1.0 if sign == ACCENT else _SOFTER))
    return tuple(map(tuple, parsed))
