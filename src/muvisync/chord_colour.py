"""How a chord looks in a picture: its colour, and its name where there is little room."""

from __future__ import annotations

from muvisync.chords import NO_CHORD, ROOTS, split_chord

_DARK = ("min", "dim", "hdim")


def chord_colour(label: str) -> str:
    """A hue a root, neighbours on the circle of fifths alike; minor and diminished chords are darker."""
    if label == NO_CHORD:
        return "#e3e8ee"
    root, quality = split_chord(label)
    hue = ROOTS.index(root) * 7 % 12 * 30
    return f"hsl({hue},42%,70%)" if quality.startswith(_DARK) else f"hsl({hue},62%,82%)"


def short_chord(label: str) -> str:
    """Root and m for the minor ones, for where the quality has no room."""
    root, quality = split_chord(label)
    return f"{root}m" if quality.startswith("min") else root
