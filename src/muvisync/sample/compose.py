"""Compose a sample clip: its key, its chords, its scenes and their moods, in whole video frames.

The harmony is functional and every phrase returns whenever its mood returns, so a chord model has something to learn.
Qualities follow the affect table of Kang et al. (arXiv 2311.00968): a sad scene has min, min7, sus2 chords, and so on.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

from muvisync.chords import Key, join_chord

FPS = 24
MOODS = ("exciting", "fearful", "tense", "sad", "relaxing", "neutral")
BLOCK_BEATS = 8
FINAL_BEATS = 4
CHORD_BEATS = {"exciting": 2, "fearful": 4, "tense": 2, "sad": 4, "relaxing": 4, "neutral": 4}
FORMS = ("AABAC", "ABABCA", "AABACA", "ABACBA", "AABBCA", "ABCABA")

Step = tuple[int, str]  # semitones above the tonic, quality
PHRASES: dict[str, dict[str, tuple[tuple[Step, ...], ...]]] = {
    "major": {
        "exciting": (
            ((0, "maj"), (5, "maj"), (7, "sus4"), (7, "7")),
            ((0, "maj"), (7, "maj"), (5, "maj"), (7, "7")),
        ),
        "fearful": (
            ((2, "min7"), (11, "hdim7"), (4, "min7"), (11, "dim")),
            ((4, "min7"), (11, "dim"), (2, "min7"), (11, "hdim7")),
        ),
        "tense": (
            ((2, "min7"), (11, "dim"), (7, "sus4"), (7, "7")),
            ((9, "min7"), (2, "min7"), (7, "sus4"), (7, "7")),
        ),
        "sad": (
            ((9, "min"), (2, "min7"), (0, "sus2"), (9, "min")),
            ((2, "min"), (9, "min7"), (4, "min7"), (0, "sus2")),
        ),
        "relaxing": (
            ((0, "maj7"), (5, "maj7"), (0, "maj"), (5, "maj6")),
            ((0, "maj"), (5, "maj7"), (0, "maj7"), (7, "maj")),
        ),
        "neutral": (
            ((0, "maj"), (9, "min"), (5, "maj"), (7, "maj")),
            ((0, "maj"), (4, "min"), (5, "maj"), (7, "7")),
        ),
    },
    "minor": {
        "exciting": (
            ((0, "min"), (8, "maj"), (7, "sus4"), (7, "7")),
            ((8, "maj"), (10, "maj"), (0, "min"), (7, "7")),
        ),
        "fearful": (
            ((0, "min"), (2, "hdim7"), (11, "dim7"), (0, "min7")),
            ((0, "min7"), (11, "dim"), (5, "min7"), (2, "hdim7")),
        ),
        "tense": (
            ((5, "min7"), (11, "dim"), (7, "sus4"), (7, "7")),
            ((0, "min7"), (5, "min7"), (7, "sus4"), (7, "7")),
        ),
        "sad": (
            ((0, "min"), (5, "min7"), (0, "sus2"), (5, "min")),
            ((0, "min"), (5, "min"), (0, "min7"), (7, "min")),
        ),
        "relaxing": (
            ((0, "min"), (8, "maj7"), (3, "maj"), (7, "7")),
            ((8, "maj7"), (0, "min"), (8, "maj6"), (7, "maj")),
        ),
        "neutral": (
            ((0, "min"), (8, "maj"), (5, "min"), (7, "maj")),
            ((0, "min"), (5, "min"), (8, "maj"), (7, "7")),
        ),
    },
}


@dataclass(frozen=True)
class Chord:
    """A chord label from frame `start` to frame `end`; its `mood` and `energy` (0-1) steer the band."""

    start: int
    end: int
    label: str
    mood: str
    energy: float


@dataclass(frozen=True)
class Scene:
    """A shot from frame `start` to frame `end`; `energy` (0-1) is the same for picture and music."""

    start: int
    end: int
    mood: str
    energy: float


@dataclass(frozen=True)
class Composition:
    """What clip `index` is made of; `beat` is in frames."""

    index: int
    key: Key
    beat: int
    chords: tuple[Chord, ...]
    scenes: tuple[Scene, ...]

    @property
    def frames(self) -> int:
        """Length of the clip in frames."""
        return self.scenes[-1].end

    @property
    def cuts(self) -> list[float]:
        """Times of the hard cuts in seconds."""
        return [scene.start / FPS for scene in self.scenes[1:]]


@dataclass(frozen=True)
class _Block:
    mood: str
    steps: tuple[Step, ...]
    energy: float


def compose(index: int) -> Composition:
    """Compose clip `index`; the same index gives the same clip for ever.

    Raises:
        ValueError: `index` is negative.
    """
    if index < 0:
        raise ValueError(f"sample:{index}: the sample's clips are numbered from 0")
    rng = random.Random(f"muvisync sample {index}")
    # A step of a fifth a clip: the first twelve clips have twelve roots, the next twelve have the other mode.
    key = Key(7 * index % 12, "minor" if (index + index // 12) % 2 else "major")
    beat = rng.randint(14, 17)
    blocks = _blocks(index, key, rng)
    chords, scenes = _chords(blocks, key, beat), _scenes(blocks, beat, rng)
    return Composition(index, key, beat, tuple(chords), tuple(scenes))


def _blocks(index: int, key: Key, rng: random.Random) -> list[_Block]:
    main = MOODS[index % len(MOODS)]
    others = rng.sample([mood for mood in MOODS if mood != main], 2)
    moods = dict(zip("ABC", (main, *others), strict=True))
    phrases = {mood: rng.choice(PHRASES[key.mode][mood]) for mood in moods.values()}
    heard = dict.fromkeys(moods.values(), 0)
    form = rng.choice(FORMS)
    blocks = []
    for letter, energy in zip(form, _energies(len(form), rng), strict=True):
        mood = moods[letter]
        count = BLOCK_BEATS // CHORD_BEATS[mood]
        first = heard[mood] * count % len(phrases[mood])
        blocks.append(_Block(mood, phrases[mood][first : first + count], energy))
        heard[mood] += 1
    return blocks


def _energies(count: int, rng: random.Random) -> list[float]:
    """As many quiet blocks (0.2-0.45) as lively ones (0.75-1), in random order: every clip has dynamics."""
    energies = [round(rng.uniform(*((0.2, 0.45), (0.75, 1.0))[number % 2]), 2) for number in range(count)]
    rng.shuffle(energies)
    return energies


def _chords(blocks: list[_Block], key: Key, beat: int) -> list[Chord]:
    chords, start = [], 0
    for block in blocks:
        for semitones, quality in block.steps:
            end = start + CHORD_BEATS[block.mood] * beat
            chords.append(Chord(start, end, join_chord(key.tonic + semitones, quality), block.mood, block.energy))
            start = end
    tonic = join_chord(key.tonic, "min" if key.mode == "minor" else "maj")
    final = Chord(start, start + FINAL_BEATS * beat, tonic, blocks[-1].mood, blocks[-1].energy)
    return [*chords, final]


def _scenes(blocks: list[_Block], beat: int, rng: random.Random) -> list[Scene]:
    block_frames, half = BLOCK_BEATS * beat, BLOCK_BEATS * beat // 2
    edges, moods = [0], []
    for number, block in enumerate(blocks):
        split = block.mood == "exciting" or rng.random() < 0.4
        edges += [number * block_frames + half] * split + [(number + 1) * block_frames]
        moods += [(block.mood, block.energy)] * (1 + split)
    edges.append(edges[-1] + FINAL_BEATS * beat)
    moods.append(moods[-1])
    return [Scene(start, end, *mood) for (start, end), mood in zip(pairwise(edges), moods, strict=True)]
