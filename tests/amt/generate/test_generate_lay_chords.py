"""Chords on beats: what always holds, where changes fall, the user's primer, the ending."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest

from amt.generate.grid import Cut, Grid
from amt.generate.grid.find_grid import find_grid
from amt.generate.harmony.lay_chords import lay_chords, lone_cuts
from amt.generate.harmony.place_changes import Change, place_changes
from amt.generate.harmony.related_chords import dominant, relate_chord, tonic
from amt.generate.lead_sheet import ChordSpan
from muvisync.chords import CHORDS, NO_CHORD, Key, chord_pitch_classes, parse_key, transpose

C_MAJOR, A_MINOR = parse_key("C"), parse_key("A minor")


def even_grid(beats: int, cuts: dict[int, float] | None = None, beat: float = 0.5) -> Grid:
    """Bars of four beats; `cuts` on beats."""
    times = np.arange(beats + 1) * beat
    met = tuple(Cut(float(times[number]), number) for number in cuts or ())
    return Grid(times, tuple(range(0, beats, 4)), (0,), met)


def invent(seed: int) -> tuple[list[str], Grid, int]:
    chance = np.random.default_rng(seed)
    duration = float(np.exp(chance.uniform(np.log(0.1), np.log(200))))
    cuts = np.cumsum(chance.exponential(chance.uniform(1, 8), 200))
    grid = find_grid(duration, cuts, float(chance.random()), float(chance.uniform(40, 220)) if seed % 4 == 0 else None)
    labels: list[str] = []
    while len(labels) < np.ceil(duration):
        labels += [str(chance.choice(CHORDS))] * int(chance.geometric(1 / (1 + seed % 5)))
    return labels[: int(np.ceil(duration))], grid, int(chance.integers(0, 6)) if seed % 2 else 0


def starts(spans: tuple[ChordSpan, ...]) -> dict[int, str]:
    return {span.beat: span.label for span in spans}


def check(spans: tuple[ChordSpan, ...], grid: Grid) -> None:
    """What holds for all chords on a grid."""
    assert spans[0].beat == 0 and spans[-1].beat + spans[-1].beats == grid.beats
    assert all(before.beat + before.beats == after.beat for before, after in pairwise(spans))
    assert all(before.label != after.label for before, after in pairwise(spans))
    assert all(span.beats >= 1 and span.label in CHORDS for span in spans)


@pytest.mark.parametrize("seed", range(60))
def test_chords_cover_all_beats_and_end_at_home(seed):
    labels, grid, kept = invent(seed)
    key = Key(seed % 12, "minor" if seed % 3 else "major")
    spans = lay_chords(labels, grid, key, kept)
    check(spans, grid)
    assert spans == lay_chords(labels, grid, key, kept)
    if kept < grid.times[grid.bars[-1]]:
        assert spans[-1].label == tonic(key) and spans[-1].beat <= grid.final
        assert spans[-1].beat == grid.final or spans[-1].beats == grid.beats or grid.duration < 4


@pytest.mark.parametrize("seed", range(0, 60, 7))
def test_another_key_moves_every_chord_alike(seed):
    labels, grid, kept = invent(seed)
    moved = lay_chords([transpose(label, 5) for label in labels], grid, Key(5, "major"), kept)
    assert [transpose(s.label, 5) for s in lay_chords(labels, grid, C_MAJOR, kept)] == [s.label for s in moved]


@pytest.mark.parametrize("seed", range(1, 30, 2))
def test_the_primer_keeps_its_chords_and_their_order(seed):
    labels, grid, _ = invent(seed)
    kept = min(8, len(labels))
    labels[:kept] = ["C", "C", "G", NO_CHORD, "A:min", "F:maj7", "F:maj7", "D:7"][:kept]
    primer = [label for label, _ in groupby(labels[:kept])]
    if grid.duration > kept:
        assert [span.label for span in lay_chords(labels, grid, A_MINOR, kept)][: len(primer)] == primer


def test_a_primer_as_long_as_the_video_is_all_there_is():
    labels = ["C", "C", "F#", "F#", "D:dim", "D:dim", "B", "B"]
    spans = lay_chords(labels, even_grid(16), C_MAJOR, kept=8)
    assert spans == (ChordSpan(0, 4, "C"), ChordSpan(4, 4, "F#"), ChordSpan(8, 4, "D:dim"), ChordSpan(12, 4, "B"))


def test_changes_go_to_downbeats_and_the_piece_opens_and_closes_in_its_key():
    labels = ["F"] * 4 + ["E:min"] * 3 + ["G"] * 3 + ["F"] * 5
    spans = lay_chords(labels, even_grid(24, beat=0.6), C_MAJOR, kept=0)
    # the changes at 4, 7 and 10 s are 6.7, 11.7 and 16.7 beats in
    assert starts(spans) == {0: "C", 4: "F", 8: "E:min", 12: "G", 16: "F", 18: "G", 20: "C"}


def test_a_change_near_a_cut_falls_on_it_and_a_held_chord_gives_way():
    labels = ["C"] * 5 + ["F"] * 11
    near = starts(lay_chords(labels, even_grid(32, {11: 1.0}), C_MAJOR, kept=0))
    assert near[11] == "F" and near[0] == "C" and min(set(near) - {0}) == 11
    held = starts(lay_chords(labels, even_grid(32, {11: 1.0, 21: 1.0}), C_MAJOR, kept=0))
    assert held[21] == relate_chord("F", C_MAJOR, "G") == "D:min"


def test_a_cut_on_a_downbeat_or_in_a_rest_or_in_a_primer_changes_no_chord():
    for labels, cut, kept in ((["C"] * 16, 12, 0), (["C"] * 3 + [NO_CHORD] * 13, 14, 0), (["F"] * 16, 14, 9)):
        with_cut = lay_chords(labels, even_grid(32, {cut: 1.0}), C_MAJOR, kept)
        assert with_cut == lay_chords(labels, even_grid(32), C_MAJOR, kept)


@pytest.mark.parametrize("hold", [1, 3, 10, 1000])
def test_most_lone_cuts_have_a_change_or_a_downbeat_and_shifted_ones_do_not(hold):
    answered, shifted, total = 0, 0, 0
    for seed in range(30):
        cuts = np.cumsum(np.random.default_rng(seed).exponential(4, 100))
        grid = find_grid(60.0, cuts[cuts < 60], 0.5)
        labels = [("C", "G", "A:min", "F")[second // hold % 4] for second in range(60)]
        marked = {span.beat for span in lay_chords(labels, grid, C_MAJOR, 0)[1:]} | set(grid.bars)
        answered += len(marked & set(lone_cuts(grid)))
        shifted += len(marked & {(beat + 7 + seed) % grid.beats for beat in lone_cuts(grid)})
        total += len(lone_cuts(grid))
    assert answered / total >= 0.8 and answered > shifted + 0.2 * total


@pytest.mark.parametrize("tempo", [100.0, 120.0])
def test_few_chords_last_one_beat(tempo):
    lengths: list[int] = []
    for seed in range(20):
        grid = find_grid(60.0, np.cumsum(np.random.default_rng(seed).exponential(4, 15)), 0.5, tempo)
        labels = [("C", "G", "A:min", "F")[second // 2 % 4] for second in range(60)]
        lengths += [span.beats for span in lay_chords(labels, grid, C_MAJOR, 0)]
    assert np.mean(np.array(lengths) == 1) < 0.1


def test_beats_longer_than_a_second_leave_chords_out_but_none_of_the_primer():
    times = np.arange(0, 13, 1.5)
    changes = [Change(float(second), CHORDS[second + 1], second in (0, 3, 4)) for second in range(11)]
    placed = place_changes(changes, times, np.zeros(8))
    assert len(placed) == 8 and sorted(placed) == list(range(8))
    assert [CHORDS.index(label) for _, label in sorted(placed.items())] == sorted(map(CHORDS.index, placed.values()))
    assert {CHORDS[1], CHORDS[4], CHORDS[5]} <= set(placed.values())


@pytest.mark.parametrize("label", CHORDS[1:])
def test_a_related_chord_is_of_the_key_and_heard_as_another(label):
    for tone in range(12):
        for mode in ("major", "minor"):
            key = Key(tone, mode)
            other = relate_chord(label, key, dominant(key))
            assert other != dominant(key)
            classes, before = set(chord_pitch_classes(other)), set(chord_pitch_classes(label))
            assert classes - before and chord_pitch_classes(other)[0] != chord_pitch_classes(label)[0]
            home = {
                (tone + step) % 12 for step in ((0, 2, 4, 5, 7, 9, 11) if mode == "major" else (0, 2, 3, 5, 7, 8, 10))
            }
            assert classes <= home


def test_relations_and_cadences_are_those_of_the_textbook():
    assert relate_chord("C", C_MAJOR, "F") == "A:min" and relate_chord("A:min", A_MINOR, "") == "F"
    assert relate_chord("C", C_MAJOR, "A:min") == "E:min" and relate_chord(NO_CHORD, C_MAJOR, "") == NO_CHORD
    assert (tonic(parse_key("D")), dominant(parse_key("D"))) == ("D", "A")
    assert (tonic(parse_key("E minor")), dominant(parse_key("E minor"))) == ("E:min", "B")


@pytest.mark.parametrize("held", ["F", NO_CHORD])
@pytest.mark.parametrize("beats", [6, 16, 64])
def test_a_chord_or_a_rest_held_for_good_still_ends_at_home(held, beats):
    grid = even_grid(beats)
    spans = lay_chords([held] * int(np.ceil(grid.duration)), grid, C_MAJOR, kept=0)
    check(spans, grid)
    assert spans[-1].label == "C" and spans[-1].beat == grid.bars[-1]
    assert (spans[-2].label == "G") == (grid.duration >= 4)
    assert held in [span.label for span in spans]


def test_a_short_piece_of_one_bar_has_a_cadence_too():
    grid = Grid(np.arange(7) * 0.84, (0,), (0,), (Cut(2.52, 3),))
    assert starts(lay_chords(["C"] * 6, grid, C_MAJOR, kept=0)) == {0: "C", 1: "G", 3: "C"}
