"""What the form of the page holds, and what comes back for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOST_VARIANTS = 3


@dataclass(frozen=True)
class Ask:
    """What a visitor asks for.

    Attributes:
        mood: one of `muvisync.schema.EMOTIONS`; empty lets the picture choose.
        style: name of a style; empty lets the mood choose.
        key: such as "A minor"; empty lets the mood choose.
        primer: the first chords, such as "Am F C G".
        temperature: below 1 more predictable, above 1 bolder.
        seed: of the first variant; each further one has the next.
        variants: how many, 1 to MOST_VARIANTS.
    """

    mood: str = ""
    style: str = ""
    key: str = ""
    primer: str = ""
    temperature: float = 1.0
    seed: int = 0
    variants: int = 1


@dataclass(frozen=True)
class Result:
    """One variant: its files, its timeline, and what its maker should know of it."""

    video: Path
    sound: Path
    midi: Path
    timeline: dict
    notes: tuple[str, ...] = ()


Progress = Callable[[float, str], None]
"""Takes the share that is done, 0 to 1, and what is being done."""
Make = Callable[[Path, Ask, Path, Progress], list[Result]]
"""Music for a video: (video, what is asked for, folder for the files, progress) -> a result a variant."""
