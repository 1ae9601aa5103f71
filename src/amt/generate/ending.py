"""An ending for chords that were sampled without knowing that they end."""

from __future__ import annotations

from amt.generate.arrange import closing_second

_TONIC = {"major": "C", "minor": "A:min"}
_DOMINANT = {"major": "G", "minor": "E"}
_SHORTEST_CADENCE = 4.0  # seconds; a shorter video gets the tonic alone


def resolve(chords: list[str], mode: str, duration: float, kept: int) -> list[str]:
    """Chords with a cadence in place of the last ones: the dominant for a second, then the tonic to the end.

    Args:
        chords: one a second, normalised to C major or A minor.
        kept: so many at the beginning are the user's own and stay.
    """
    closing = closing_second(duration)
    wanted = dict.fromkeys(range(closing, len(chords)), _TONIC[mode])
    if duration >= _SHORTEST_CADENCE:
        wanted[closing - 1] = _DOMINANT[mode]
    return [wanted.get(second, chord) if second >= kept else chord for second, chord in enumerate(chords)]
