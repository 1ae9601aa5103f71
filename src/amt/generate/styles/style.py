"""What a style file says: who plays what, when, and in which patterns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from amt.generate.styles.pattern import Pattern, parse_pattern
from muvisync.schema import EMOTIONS
from muvisync.soundfont import DRUMS

Role = Literal["bass", "chords", "arpeggio", "pad", "melody", "drums"]
Mood = Literal[EMOTIONS]
Pitch = Annotated[int, Field(ge=0, le=127)]
Steps = Annotated[Pattern, BeforeValidator(lambda text: parse_pattern(str(text)))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Part):
    """The `steps` that an instrument plays where the density is at least `density` notes a second."""

    density: Annotated[float, Field(ge=0)] = 0.0
    steps: Steps


class DrumLevel(_Part):
    """The steps of each drum (its General MIDI key) where the density is at least `density`."""

    density: Annotated[float, Field(ge=0)] = 0.0
    drums: dict[Pitch, Steps]


class Instrument(_Part):
    """Who plays.

    Attributes:
        program: General MIDI program, 0-127.
        low, high: the range in MIDI pitches that it stays in; a middle C is 60.
        enters, leaves: it plays the sections whose mean density is at least one and below the other.
        moods: it plays in sections of these; all where none is named.
        patterns: by density, from the least; none for a pad, which holds its chords.
        level: dB in the mix; pan: -1 left to 1 right.
    """

    program: Pitch = 0
    role: Role
    low: Pitch = 0
    high: Pitch = 127
    enters: Annotated[float, Field(ge=0)] = 0.0
    leaves: Annotated[float, Field(gt=0)] = 1000.0
    moods: tuple[Mood, ...] = ()
    patterns: tuple[Level, ...] = ()
    kit: tuple[DrumLevel, ...] = ()
    level: Annotated[float, Field(ge=-40, le=12)] = 0.0
    pan: Annotated[float, Field(ge=-1, le=1)] = 0.0

    @model_validator(mode="after")
    def _fits_together(self) -> Instrument:
        if self.role == "drums":
            if not self.kit:
                raise ValueError("drums need a kit: a list of density and drums")
            return self
        if self.high - self.low < 11:
            raise ValueError(f"low {self.low} and high {self.high}: an octave (11) between them is the least")
        if self.role != "pad" and not self.patterns:
            raise ValueError(f"role {self.role} needs patterns: a list of density and steps")
        return self


class MoodSetting(_Part):
    """What a mood changes: how well the style suits it (0-1), and semitones that chords and melody move by."""

    suits: Annotated[float, Field(ge=0, le=1)] = 0.5
    register_shift: Annotated[int, Field(ge=-12, le=12, alias="register")] = 0


class Human(_Part):
    """Small errors of a player: standard deviation of time in seconds, and of velocity."""

    time: Annotated[float, Field(ge=0, le=0.02)] = 0.0
    velocity: Annotated[float, Field(ge=0, le=15)] = 0.0


class Style(_Part):
    """A style; `suits_density` is the least and most mean density that `choose_style` takes it for."""

    name: str
    about: str
    suits_density: tuple[float, float] = (0.0, 100.0)
    swing: Annotated[float, Field(ge=0, le=0.34)] = 0.0
    human: Human = Human()
    moods: dict[Mood, MoodSetting] = {}
    instruments: Annotated[dict[str, Instrument], Field(min_length=1)]

    @model_validator(mode="after")
    def _drums_are_drums(self) -> Style:
        wrong = [name for name, player in self.instruments.items() if (player.role == "drums") != (name == DRUMS)]
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)}: the instrument with the role drums, and no other, is named {DRUMS!r}"
            )
        return self

    @property
    def programs(self) -> dict[str, int]:
        """General MIDI program of each instrument."""
        return {name: player.program for name, player in self.instruments.items()}

    def mood(self, name: str) -> MoodSetting:
        """What a mood changes; nothing where the style does not say."""
        return self.moods.get(name, MoodSetting())
