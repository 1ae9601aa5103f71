"""A melody: phrases of two bars that come back, chord tones on the beats and steps of the scale between them.

What makes a line of notes a tune, as textbooks of counterpoint have it: a motif that returns (a a b a), strong notes of
the chord, passing and neighbour notes that are left by step, and a breath where a phrase ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from amt.generate.arrangement.accompany import strokes_of
from amt.generate.arrangement.frame import Beat
from amt.generate.arrangement.offer import PULSE, Offer, weakness
from amt.generate.arrangement.voicing import chord_tones, scale_tones
from amt.generate.styles.style import Instrument
from muvisync.chords import NO_CHORD, Key

_BARS = 2  # of a phrase
_FORM = (0, 0, 1, 0)  # the motif of each phrase of a section
_MOTIF = 8  # strokes until it begins again
_STEPS, _LIKELY = (-2, -1, 0, 1, 2), (0.15, 0.3, 0.1, 0.3, 0.15)
_WIDEST = 4  # steps of the scale that a motif goes from its first note
_SHORT = 0.5  # beats; a longer note is of the chord
_STEP = 2  # semitones


class _Stroke(NamedTuple):
    beat: Beat
    start: float
    end: float
    place: float  # in its beat
    beats: float  # how long it is
    force: float


def offer_melody(
    name: str,
    player: Instrument,
    beats: list[Beat],
    key: Key,
    swing: float,
    shift: dict[str, int],
    chance: np.random.Generator,
) -> Iterator[Offer]:
    """Phrases on the pattern's strokes, around the middle of the range; on the first bar of the piece it waits."""
    sections = beats[-1].section + 1
    steps = chance.choice(_STEPS, (sections, max(_FORM) + 1, _MOTIF), p=_LIKELY)
    steps[..., 0] = 0
    motifs = np.clip(np.cumsum(steps, axis=-1), -_WIDEST, _WIDEST)
    for number, phrase in _phrases(beats):
        section, mood = phrase[0].section, phrase[0].mood
        waits = section < sections - 1
        strokes = [stroke for stroke in _strokes(player, phrase, swing) if stroke.beat.bar or not waits]
        middle = (player.low + player.high) / 2 + shift.get(mood, 0) / 2
        motif = motifs[section, _FORM[number % len(_FORM)]]
        for stroke, pitch in zip(strokes, _sing(strokes, motif, key, player, middle), strict=True):
            yield Offer(PULSE + weakness(stroke.place) / 3, stroke.start, stroke.end, pitch, name, stroke.force)


def _phrases(beats: list[Beat]) -> Iterator[tuple[int, list[Beat]]]:
    """(number in its section, beats) of each phrase."""
    for _, section in groupby(beats, key=lambda beat: beat.section):
        inside = list(section)
        for number, phrase in groupby(inside, key=lambda beat: (beat.bar - inside[0].bar) // _BARS):
            yield number, list(phrase)


def _strokes(player: Instrument, phrase: list[Beat], swing: float) -> list[_Stroke]:
    """What the pattern strikes, but for the breath in the second half of the phrase's last bar."""
    last = [beat for beat in phrase if beat.bar == phrase[-1].bar]
    breath = last[-(len(last) // 2) :] if phrase[0].bar != phrase[-1].bar else []
    return [
        _Stroke(beat, start, end, step.start, step.end - step.start, step.force)
        for beat in phrase
        if beat.label != NO_CHORD and beat not in breath
        for start, end, step in strokes_of(player.patterns, beat, swing)
    ]


def _sing(strokes: Sequence[_Stroke], motif: np.ndarray, key: Key, player: Instrument, middle: float) -> Iterator[int]:
    """The pitch of each stroke: where the motif goes, but a tone of its chord wherever it is not a step on the way."""
    before, level, owed = middle, 0, False
    for number, stroke in enumerate(strokes):
        tones = chord_tones(stroke.beat.label, player.low, player.high)
        scale = scale_tones(stroke.beat.label, key, player.low, player.high)
        above = int(motif[number % _MOTIF])
        place = scale.index(_nearest(scale, middle)) + above
        wanted = scale[min(max(place, 0), len(scale) - 1)]
        on_the_way = stroke.place > 0 and stroke.beats <= _SHORT and 0 < number < len(strokes) - 1
        if owed:
            pitch = _nearest(tones, before)
        elif on_the_way and 0 < abs(wanted - before) <= _STEP:
            pitch = wanted
        else:  # up where the motif goes up, though the nearest tone may be the one before
            beyond = [tone for tone in tones if (tone - before) * (above - level) > 0]
            pitch = _nearest(beyond if beyond and number else tones, wanted)
        before, level, owed = pitch, above, pitch not in tones
        yield pitch


def _nearest(pitches: Sequence[int], goal: float) -> int:
    return min(pitches, key=lambda pitch: abs(pitch - goal))
