"""What a person asks for: checked, and all that is wrong with it told at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from amt.model.decode import LONGEST_HOLD
from muvisync.chords import Key, parse_chord, parse_key
from muvisync.errors import UserError
from muvisync.schema import EMOTIONS

T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """What a person may ask for.

    Attributes:
        key: of the music; None lets the video's mood choose.
        primer: the first chords, one a second, in that key.
        seed: the same seed gives the same music.
        temperature: below 1 more predictable, above 1 bolder.
        top_p: only the likeliest chords that together have this probability; 1: all.
        longest_hold: seconds after which another chord must come; 0: never.
        no_chord: whether the model may choose rests, seconds in which no chord sounds; a primer has them anyway.
        style: name of a style, or the path of a style file; None lets the mood choose.
        instruments: of the style, by name; empty: all that the style lets play.
        tempo: beats a minute; None lets the cuts and the note density choose.
        mood: one of EMOTIONS, for the whole video; None: what the picture shows.
    """

    key: Key | None = None
    primer: tuple[str, ...] = ()
    seed: int = 0
    temperature: float = 1.0
    top_p: float = 1.0
    longest_hold: int = LONGEST_HOLD
    no_chord: bool = False
    style: str | None = None
    instruments: tuple[str, ...] = ()
    tempo: float | None = None
    mood: str | None = None


def to_wish(key: str | None = None, primer: str = "", instruments: str = "", **others: object) -> Wish:
    """A wish from words; `others` are fields of `Wish` as they are. Raises UserError with all that can't be read."""
    problems: list[str] = []
    parsed = _try(parse_key, key, "key", problems) if key else None
    chords = [_try(parse_chord, chord, "primer", problems) for chord in primer.replace(",", " ").split()]
    players = tuple(name.strip() for name in instruments.split(",") if name.strip())  # a name may have spaces
    wish = Wish(parsed, tuple(chord for chord in chords if chord), instruments=players, **others)
    problems += _problems(wish)
    if problems:
        raise UserError("\n".join(problems))
    return wish


def _try(parse: Callable[[str], T], text: str, name: str, problems: list[str]) -> T | None:
    try:
        return parse(text)
    except ValueError as error:
        problems.append(f"{name}: {error}")
        return None


def _problems(wish: Wish) -> list[str]:
    found = []
    if not 0 < wish.temperature <= 10:
        found.append(f"temperature {wish.temperature:g}: take a number above 0 and at most 10, such as 0.8")
    if not 0 < wish.top_p <= 1:
        found.append(f"top-p {wish.top_p:g}: take a number above 0 and at most 1, such as 0.9")
    if wish.longest_hold < 0:
        found.append(f"longest-hold {wish.longest_hold}: take a whole number of seconds from 1 on, or 0 for never")
    if not 0 <= wish.seed < 2**63:
        found.append(f"seed {wish.seed}: take a whole number from 0 to {2**63 - 1}")
    if wish.mood is not None and wish.mood not in EMOTIONS:
        found.append(f"mood {wish.mood!r}: take one of {', '.join(EMOTIONS)}")
    return found
