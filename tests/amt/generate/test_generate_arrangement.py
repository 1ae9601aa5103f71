"""What holds for every arrangement, in all styles over random lead sheets; and voicing, patterns, density, dynamics."""

from __future__ import annotations

from bisect import bisect
from dataclasses import replace

import numpy as np
import pytest
from tests.amt.generate.lead_sheets import make_sheet

from amt.generate.arrangement import arrange, sounding_density
from amt.generate.arrangement.arrange import density_target
from amt.generate.arrangement.drums import CRASH
from amt.generate.arrangement.frame import Beat, cast, sheet_to_beats
from amt.generate.arrangement.melody import offer_melody
from amt.generate.arrangement.offer import ALWAYS, FIGURE, Offer
from amt.generate.arrangement.score import choose_offers
from amt.generate.arrangement.voicing import LEAST_THIRD, chord_to_bass, guide_tones, scale_tones, voice_chord
from amt.generate.grid import Grid
from amt.generate.lead_sheet import ChordSpan, LeadSheet
from amt.generate.styles import list_styles, read_style
from amt.generate.styles.pattern import parse_pattern
from amt.generate.styles.style import Instrument, Level
from muvisync.chords import CHORDS, NO_CHORD, Key, chord_pitch_classes
from muvisync.errors import UserError
from muvisync.soundfont import DRUMS, Note

STYLES = list_styles()
LENGTHS = (0.1, 0.7, 3.0, 8.3, 20.0, 41.7)


def overlaps(notes: list[Note]) -> list[tuple[Note, Note]]:
    """Pairs on one pitch of which the second begins before the first ends."""
    last, found = {}, []
    for note in sorted(notes):
        before = last.get(note.pitch)
        if before and note.start < before.end - 1e-9:
            found.append((before, note))
        last[note.pitch] = note
    return found


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("length", LENGTHS)
def test_notes_are_always_valid(style: str, length: float):
    for seed in range(4):
        sheet, players = make_sheet(seed, length), read_style(style)
        notes = arrange(sheet, players, seed)
        assert notes == sorted(notes)
        assert all(0 <= note.start < note.end <= length and note.end - note.start >= 0.03 for note in notes)
        assert all(1 <= note.velocity <= 127 for note in notes)
        pitched = [note for note in notes if note.instrument != DRUMS]
        assert pitched and not overlaps(pitched)
        assert not overlaps([note for note in notes if note.instrument == DRUMS])
        for note in pitched:
            assert players.instruments[note.instrument].low <= note.pitch <= players.instruments[note.instrument].high


@pytest.mark.parametrize("style", STYLES)
def test_density_follows_the_prediction(style: str):
    found = []
    for seed in range(8):
        sheet = make_sheet(seed, 40.0)
        notes = arrange(sheet, read_style(style), seed)
        found.append(np.corrcoef(sounding_density(notes, 40), density_target(sheet))[0, 1])
    assert np.mean(found) >= 0.9


@pytest.mark.parametrize("style", STYLES)
def test_every_note_but_the_melodys_is_of_its_chord_and_every_chord_is_complete(style: str):
    sheet = make_sheet(3, 40.0)
    human = read_style(style)
    exact = human.model_copy(update={"human": human.human.model_copy(update={"time": 0.0})})
    singing = {name for name, player in exact.instruments.items() if player.role == "melody"} | {DRUMS}
    played = arrange(sheet, exact, 1)
    notes = [note for note in played if note.instrument not in singing]
    for span in sheet.chords:
        start, end = sheet.grid.times[span.beat], sheet.grid.times[span.beat + span.beats]
        sung = {n.pitch for n in played if n.instrument in singing - {DRUMS} and start - 1e-6 <= n.start < end - 1e-6}
        assert sung <= (set() if span.label == NO_CHORD else set(scale_tones(span.label, sheet.key, 0, 127)))
        struck = {note.pitch % 12 for note in notes if start - 1e-6 <= note.start < end - 1e-6}
        allowed = set(chord_pitch_classes(span.label))
        assert struck <= allowed
        if span.label != NO_CHORD:
            assert set(chord_pitch_classes(span.label)[:3]) <= struck
            sounding = [n for n in notes if n.start <= start + 1e-6 and n.end > start]
            assert min(sounding, key=lambda note: note.pitch).pitch % 12 == chord_pitch_classes(span.label)[0]


def sing(sheet: LeadSheet, steps: str, seed: int = 0) -> list[tuple[Beat, Offer]]:
    """A melody's notes with the beats that they begin in."""
    player = Instrument(role="melody", low=70, high=91, patterns=(Level(steps=steps),))
    beats, chance = sheet_to_beats(sheet), np.random.default_rng(seed)
    starts = [beat.start - 1e-6 for beat in beats]
    offers = offer_melody("lead", player, beats, sheet.key, 0.0, {}, chance)
    return [(beats[bisect(starts, offer.start) - 1], offer) for offer in offers]


def test_a_melody_steps_between_tones_of_its_chords():
    steps = 0
    for seed in range(20):
        sheet = make_sheet(seed, 40.0)
        sung = sing(sheet, "X- xx x- xx", seed)
        for (_, before), (beat, offer), (_, after) in zip(sung, sung[1:], sung[2:], strict=False):
            if offer.pitch % 12 not in chord_pitch_classes(beat.label):
                steps += 1
                assert offer.start > beat.start + 1e-3 and offer.end - offer.start <= beat.length / 2 + 1e-6
                assert 0 < abs(offer.pitch - before.pitch) <= 2 and abs(after.pitch - offer.pitch) <= 2
                assert offer.pitch in scale_tones(beat.label, sheet.key, 70, 91)
        first, last = sung[0], sung[-1]
        assert all(o.pitch % 12 in chord_pitch_classes(beat.label) for beat, o in (first, last))
    assert steps > 100


def test_a_melody_has_phrases_that_come_back_and_breathes_between_them():
    bars = tuple(range(0, 64, 4))
    grid = Grid(np.arange(65) * 0.5, bars, (0,), ())
    even = np.full(64, 9, np.float32)
    sheet = LeadSheet(Key(0, "major"), grid, (ChordSpan(0, 64, "C"),), even, even / 40, ("neutral",))
    sung = sing(sheet, "X- xx x- xx")
    assert not [beat for beat, _ in sung if beat.bar % 2 and beat.place >= 2]
    phrases = [[(o.start % 4, o.pitch) for beat, o in sung if beat.bar // 2 == number] for number in range(8)]
    assert phrases[0] == phrases[1] == phrases[3] == phrases[4] != phrases[2] == phrases[6]
    assert len({pitch for _, pitch in phrases[0]}) >= 3


def test_the_scale_gives_way_beside_a_foreign_chord_tone_but_for_its_tonic():
    assert scale_tones("A:min", Key(9, "minor"), 60, 71) == (60, 62, 64, 65, 67, 69, 71)
    assert scale_tones("E", Key(9, "minor"), 60, 71) == (60, 62, 64, 65, 68, 69, 71)
    assert scale_tones("F:min", Key(0, "major"), 60, 71) == (60, 62, 64, 65, 68, 71)


def test_the_same_arguments_give_the_same_notes_and_the_seed_matters():
    sheet, style = make_sheet(5, 30.0), read_style("band")
    assert arrange(sheet, style, 1) == arrange(sheet, style, 1)
    assert arrange(sheet, style, 1) != arrange(sheet, style, 2)


def test_velocity_follows_loudness():
    sheet, style = make_sheet(6, 20.0), read_style("piano")
    loud, soft = (replace(sheet, loudness=np.full_like(sheet.loudness, value)) for value in (0.4, 0.03))
    mean = [np.mean([note.velocity for note in arrange(which, style, 0)]) for which in (loud, soft)]
    assert mean[0] > mean[1] + 30


def test_the_last_chord_is_held_to_the_end_and_nothing_is_struck_after_its_bar_but_a_run():
    for style in STYLES:
        sheet = make_sheet(7, 24.0)
        notes = arrange(sheet, read_style(style), 0)
        last = sheet.grid.times[max(sheet.grid.bars[-1], sheet.chords[-1].beat)]
        ending = [note for note in notes if note.end > 23.9 and note.instrument != DRUMS]
        assert {note.pitch % 12 for note in ending} == set(chord_pitch_classes(sheet.chords[-1].label))
        assert all(note.end > 23.9 for note in notes if note.start > last + 0.05 and note.instrument != DRUMS)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("beats", [3, 6])
def test_a_piece_of_one_bar_is_more_than_a_chord_struck_once(style: str, beats: int):
    grid = Grid(np.arange(beats + 1) * 0.8, (0,), (0,), ())
    even = np.full(beats, 8, np.float32)
    sheet = LeadSheet(Key(0, "major"), grid, (ChordSpan(0, beats, "C"),), even, even / 40, ("neutral",))
    starts = {round(note.start) for note in arrange(sheet, read_style(style), 0) if note.instrument != DRUMS}
    assert len(starts) > 1 and max(starts) >= grid.times[grid.final] - 0.5


def test_a_rest_is_silent():
    grid = Grid(np.arange(13) * 0.5, (0, 4, 8), (0,), ())
    chords = (ChordSpan(0, 4, "C"), ChordSpan(4, 4, NO_CHORD), ChordSpan(8, 4, "C"))
    even = np.full(12, 6, np.float32)
    sheet = LeadSheet(Key(0, "major"), grid, chords, even, even / 40, ("neutral",))
    for style in STYLES:
        pitched = [n for n in arrange(sheet, read_style(style), 0) if n.instrument != DRUMS]
        assert not [note for note in pitched if note.start < 3.9 and note.end > 2.1]


def test_players_enter_with_density_and_mood_and_a_section_with_drums_begins_with_a_crash():
    grid = Grid(np.arange(33) * 0.5, (0, 4, 8, 12, 16, 20, 24, 28), (0, 16), ())
    density = np.repeat([3, 14], 16).astype(np.float32)
    chords = (ChordSpan(0, 16, "C"), ChordSpan(16, 16, "F"))
    sheet = LeadSheet(Key(0, "major"), grid, chords, density, density / 60, ("sad", "exciting"))
    first, second = cast(read_style("band"), sheet_to_beats(sheet))
    assert set(first) < set(second) and {"strings", "lead"} <= set(second) - set(first)
    notes = arrange(sheet, read_style("band"), 0)
    assert {"bass", "piano", "drums"} <= {n.instrument for n in notes if n.start < 7.9} <= set(first)
    crash = [note for note in notes if note.instrument == DRUMS and note.pitch == CRASH]
    assert [round(note.start, 1) for note in crash] == [8.0]


def test_instruments_can_be_chosen_and_a_wrong_name_is_answered():
    sheet = make_sheet(8, 12.0)
    for names in (["piano"], ["bass"], ["drums"], ["lead", "strings"]):
        assert {note.instrument for note in arrange(sheet, read_style("band"), 0, names)} == set(names)
    with pytest.raises(UserError, match=r"'tuba'.*band has bass, piano"):
        arrange(sheet, read_style("band"), 0, ["piano", "tuba"])
    with pytest.raises(UserError, match="none asked for"):
        arrange(sheet, read_style("band"), 0, [])


def test_chords_are_voiced_complete_close_and_without_low_thirds():
    before: tuple[int, ...] = ()
    for label in CHORDS[1:]:
        voicing = voice_chord(label, 45, 69, before)
        assert {pitch % 12 for pitch in voicing} == set(chord_pitch_classes(label))
        assert len(voicing) == len(set(voicing)) == len(chord_pitch_classes(label))
        assert voicing[0] >= LEAST_THIRD and voicing[-1] <= 69 and voicing[-1] - voicing[0] < 12
        before = voicing


def test_voices_move_as_little_as_they_can():
    assert voice_chord("F", 48, 72, (60, 64, 67)) == (60, 65, 69)
    assert voice_chord("A:min", 48, 72, (60, 64, 67)) == (60, 64, 69)
    assert chord_to_bass("C", 28, 48) == 36 and chord_to_bass("G", 28, 48, 41) == 43
    assert chord_to_bass("A:min", 33, 52) == 45, "it does not begin at the bottom"
    assert guide_tones("A:min7", (60, 64, 67, 69)) == (60, 64)


def test_a_pattern_is_read_as_it_is_written():
    first, second = parse_pattern("X-x. .-xx")
    assert [(s.start, s.end) for s in first] == [(0, 0.5), (0.5, 0.75)]
    assert first[0].force == 1 > first[1].force
    assert [(s.start, s.end) for s in second] == [(0.5, 0.75), (0.75, 1)]
    assert parse_pattern("x- --")[0][0].end == 2
    for wrong in ("", "x o", "xxxxxxx"):
        with pytest.raises(ValueError, match="write beats"):
            parse_pattern(wrong)


def test_held_notes_make_way_where_fewer_are_wanted():
    held = [Offer(FIGURE, 0.0, 3.0, 60 + pitch, "piano", 1.0) for pitch in range(5)]
    played = choose_offers([*held, Offer(ALWAYS, 0.0, 3.0, 40, "bass", 1.0)], np.array([6.0, 3.0, 3.0]))
    assert sum(offer.end > 1 for offer in played) == 3 and len(played) == 6
    assert any(offer.instrument == "bass" and offer.end == 3 for offer in played)
