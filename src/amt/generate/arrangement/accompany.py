"""Bass, chords, arpeggio and pad: the offers of those who play the chords."""

from __future__ import annotations

from collections.abc import Iterator

from amt.generate.arrangement.frame import Beat
from amt.generate.arrangement.offer import (
    ALWAYS,
    CHORD,
    FIGURE,
    FILL,
    GUIDE,
    PAD,
    PULSE,
    RESTRIKE,
    SECOND,
    Offer,
    weakness,
)
from amt.generate.arrangement.voicing import chord_to_bass, chord_tones, guide_tones, voice_chord
from amt.generate.styles.pattern import Step
from amt.generate.styles.style import Instrument, Level
from muvisync.chords import NO_CHORD

_BASS_FORCE, _FILL_FORCE = 1.0, 0.7
_RING = 0.3  # seconds that a figure's note sounds on at the least: a shorter one is not heard as a note
_FIFTH = 7


def level_of(levels: tuple[Level, ...], density: float) -> tuple[tuple[Step, ...], ...]:
    """The pattern for a density: the last level that it reaches, or the first."""
    reached = [level for level in levels if level.density <= density]
    return (reached or levels[:1])[-1].steps


def strokes_of(levels: tuple[Level, ...], beat: Beat, swing: float) -> Iterator[tuple[float, float, Step]]:
    """(start, end, step) in seconds of the pattern's strokes in a beat, no longer than the chord."""
    steps = level_of(levels, beat.density)
    for step in steps[beat.place % len(steps)]:
        start = beat.start + beat.length * swung(step.start, swing)
        yield start, min(beat.start + beat.length * swung(step.end, swing), beat.span_end), step


def swung(position: float, swing: float) -> float:
    """A place within a beat, its half moved later by `swing` of half a beat (1/3: triplets)."""
    whole, part = divmod(position, 1.0)
    middle = 0.5 * (1 + swing)
    return whole + (part / 0.5 * middle if part < 0.5 else middle + (part - 0.5) / 0.5 * (1 - middle))


def offer_bass(name: str, player: Instrument, beats: list[Beat], swing: float) -> Iterator[Offer]:
    """The root at each change, held; struck again by the pattern, now and then the fifth off the beat's first half."""
    previous = None
    for beat in beats:
        if beat.label == NO_CHORD:
            continue
        root = chord_to_bass(beat.label, player.low, player.high, previous)
        previous = root
        if beat.changes or beat.place == 0 or beat.cut:
            yield Offer(ALWAYS, beat.start, beat.span_end, root, name, _BASS_FORCE)
        for start, end, step in strokes_of(player.patterns, beat, swing):
            yield Offer(RESTRIKE + weakness(step.start), start, end, root, name, step.force)
        if root - 12 >= player.low:
            yield Offer(FILL + 0.2, beat.start, beat.end, root - 12, name, _FILL_FORCE)


def offer_chords(
    name: str, player: Instrument, beats: list[Beat], swing: float, second: bool, shift: dict[str, int]
) -> Iterator[Offer]:
    """The voicing at each change, held; its tones struck again by the pattern, the top ones first.

    Args:
        second: whether another instrument has the chords already.
        shift: semitones that each mood moves the register by.
    """
    voicing: tuple[int, ...] = ()
    for beat in beats:
        if beat.label == NO_CHORD:
            continue
        if beat.changes or not voicing:
            low, high = _moved(player, shift.get(beat.mood, 0))
            voicing = voice_chord(beat.label, low, high, voicing)
        guides = guide_tones(beat.label, voicing)
        if beat.changes or beat.cut:
            for pitch in voicing:
                rank = SECOND if second else GUIDE if pitch in guides else CHORD
                yield Offer(rank, beat.start, beat.span_end, pitch, name, 1.0)
        for start, end, step in strokes_of(player.patterns, beat, swing):
            for place, pitch in enumerate(reversed(voicing)):
                base = SECOND if second else PULSE + 0.1 if step.start == 0 and place == 0 else RESTRIKE
                rank = base + weakness(step.start) + place / 50
                yield Offer(rank, start, max(end, min(start + _RING, beat.span_end)), pitch, name, step.force)


def offer_pad(name: str, player: Instrument, beats: list[Beat], shift: dict[str, int]) -> Iterator[Offer]:
    """The chord held; more of its tones to fill with. A pitch that another instrument has is left to that one."""
    voicing: tuple[int, ...] = ()
    for beat in beats:
        if beat.label == NO_CHORD or not (beat.changes or beat.place == 0):
            continue
        low, high = _moved(player, shift.get(beat.mood, 0))
        if beat.changes or not voicing:
            voicing = voice_chord(beat.label, low, high, voicing)
        for pitch in voicing:
            yield Offer(PAD if beat.changes else FILL + 0.5, beat.start, beat.span_end, pitch, name, 0.9)
        for pitch in chord_tones(beat.label, low, high):
            yield Offer(FILL + 0.6, beat.start, beat.span_end, pitch, name, _FILL_FORCE)


def offer_arpeggio(
    name: str, player: Instrument, beats: list[Beat], swing: float, shift: dict[str, int]
) -> Iterator[Offer]:
    """A walk up and down the chord's tones on the pattern's strokes; a second voice below it fills dense seconds."""
    tone, rising = (player.low + player.high) // 2, True
    for beat in beats:
        if beat.label == NO_CHORD:
            continue
        tones = chord_tones(beat.label, *_moved(player, shift.get(beat.mood, 0)))
        for start, end, step in strokes_of(player.patterns, beat, swing):
            tone, rising = next_tone(tones, tone, rising)
            ring = max(end, min(start + _RING, beat.span_end))
            rank = (PULSE if step.start == 0 else FIGURE) + weakness(step.start)
            yield Offer(rank, start, ring, tone, name, step.force)
            yield Offer(FILL + weakness(step.start), start, ring, companion(tones, tone), name, _FILL_FORCE)
        yield from _sixteenths(name, beat, tones, swing)


def next_tone(tones: tuple[int, ...], tone: int, rising: bool) -> tuple[int, bool]:
    """The neighbouring chord tone in the direction of the walk, which turns at the ends of the register."""
    above, below = [t for t in tones if t > tone], [t for t in tones if t < tone]
    rising = bool(above) and (rising or not below)
    return (above[0] if rising else below[-1] if below else tones[0]), rising


def companion(tones: tuple[int, ...], tone: int) -> int:
    """The second voice: two chord tones lower, a sixth or so, or higher at the bottom of the register."""
    place = tones.index(tone)
    return tones[place - 2] if place >= 2 else tones[min(place + 2, len(tones) - 1)]


def _sixteenths(name: str, beat: Beat, tones: tuple[int, ...], swing: float) -> Iterator[Offer]:
    """All the chord's tones in quarter beats, for seconds that would else stay too thin."""
    for number in range(4):
        start = beat.start + beat.length * swung(number / 4, swing)
        for voice in range(3):
            pitch = tones[(2 * number + 3 * voice + beat.place) % len(tones)]
            rank = FILL + 0.5 + weakness(number / 4) + voice / 10
            yield Offer(rank, start, min(start + _RING, beat.span_end), pitch, name, _FILL_FORCE)


def _moved(player: Instrument, semitones: int) -> tuple[int, int]:
    """The range for a mood: its lower part for a register below, its upper part for one above."""
    room = player.high - player.low - 11
    up, down = min(max(semitones, 0), room), min(max(-semitones, 0), room)
    return player.low + up, player.high - down
