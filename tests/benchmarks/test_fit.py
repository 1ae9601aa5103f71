"""The figures of `benchmarks fit` on cases whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.__main__ import group
from benchmarks._fit_figures import FIGURES, Asked, Heard, find_changes, follow, measure_chance, measure_fit
from benchmarks._fit_heard import fit_length, track_beats
from benchmarks._fit_sync import chance_level, cuts_beats_iou, delays, isolate, share_near, shift
from benchmarks._fit_table import TARGETS, all_met, difference_of, summarise, to_lines, total_of
from benchmarks.fit import to_asked

from muvisync.soundfont import RATE

ASKED = Asked(
    duration=20.0,
    cuts=(4.0, 8.0, 8.5, 13.0),
    chords=((0.0, 10.0, "C"), (10.0, 20.0, "A:min7")),
    density=np.arange(20.0),
    loudness=np.linspace(0.4, 0.1, 20),
)
HEARD = Heard(
    chords=((0.0, 10.05, "C:maj7"), (10.05, 20.0, "A:min")),
    density=np.arange(20) * 3 + 1,
    loudness=np.linspace(0.2, 0.1, 20),
    beats=np.arange(0, 20, 0.5),
    downbeats=np.arange(0, 20, 2.0),
)


def test_isolated_cuts_are_a_second_from_others_and_half_a_second_from_the_ends():
    cuts = [9.5, 0.4, 2.0, 3.0, 4.5, 4.5, 5.4, 7.0, 9.6, -3.0, 0.0, 10.0, 12.0]
    assert isolate(cuts, 10.0).tolist() == [2.0, 3.0, 7.0]
    assert isolate([0.5, 9.5], 10.0).tolist() == [0.5, 9.5]
    assert isolate([], 10.0).tolist() == []


def test_share_near_counts_cuts_not_events():
    cuts = np.array([1.0, 2.0, 3.0, 4.0])
    assert share_near(cuts, np.array([0.93, 1.07, 2.0701, 2.95])) == 0.5
    assert share_near(cuts, np.array([])) == 0.0
    assert share_near(np.array([]), cuts) is None


def test_a_beat_serves_one_cut_only_in_tbiou():
    assert cuts_beats_iou([1.0, 2.0], np.array([1.0, 2.0]), 10.0) == 1.0
    assert cuts_beats_iou([1.0, 1.4], np.array([1.2]), 10.0) == 0.5  # one pair, one cut alone
    assert cuts_beats_iou([1.0, 5.0], np.array([1.5, 2.51, 4.0]), 10.0) == pytest.approx(1 / 4)
    assert cuts_beats_iou([1.0], np.array([]), 10.0) == 0.0
    assert cuts_beats_iou([0.0, 11.0], np.array([1.0]), 10.0) is None


def test_shifted_cuts_keep_their_distances_and_stay_inside():
    assert shift(np.array([1.0, 4.0, 8.0]), 3.0, 0.5, 9.5).tolist() == [2.0, 4.0, 7.0]
    assert shift(np.array([1.0, 4.0]), 9.0, 0.5, 9.5).tolist() == [1.0, 4.0]


def test_chance_is_the_share_of_time_near_an_event():
    beats, cuts = np.arange(0, 60, 0.5), np.array([3.0, 7.7, 20.2])
    level = chance_level(lambda moved: share_near(moved, beats), cuts, 0.5, 59.5, 4000, seed=1)
    assert level == pytest.approx(0.28, abs=0.02)  # 2 x 70 ms of every 500
    assert chance_level(lambda moved: share_near(moved, beats), np.array([]), 0.5, 59.5, 10, seed=1) is None


def test_music_that_does_as_asked_has_all_figures():
    scores = measure_fit(ASKED, HEARD)
    assert tuple(scores) == FIGURES
    assert scores["chords"] == (pytest.approx(0.9975), 20.0)  # 50 ms of 20 s
    assert scores["density"] == (pytest.approx(1.0), 1.0)
    assert scores["loudness"] == (pytest.approx(1.0), 1.0)
    assert scores["cuts on beats"] == (1.0, 2.0)  # 8.0 and 8.5 are too near to each other
    assert scores["cuts on changes"] == (0.5, 2.0)  # a downbeat at 4, nothing at 13
    assert scores["TBIoU"] == (pytest.approx(4 / 40), 1.0)


def test_a_chord_change_in_the_sound_meets_a_cut_as_a_downbeat_does():
    changed = replace(HEARD, chords=((0.0, 13.06, "C"), (13.06, 20.0, "A:min")))
    same = replace(HEARD, chords=((0.0, 13.06, "C"), (13.06, 20.0, "C")))
    assert measure_fit(ASKED, changed)["cuts on changes"] == (1.0, 2.0)
    assert measure_fit(ASKED, same)["cuts on changes"] == (0.5, 2.0)
    assert measure_fit(ASKED, changed)["chords"][0] == pytest.approx(16.94 / 20, abs=1e-4)


def test_a_chance_level_has_the_figures_of_the_cuts_only():
    scores = measure_chance(ASKED, HEARD, seed=0)
    assert tuple(scores) == FIGURES
    assert {name for name, score in scores.items() if score} == {"cuts on beats", "cuts on changes", "TBIoU"}
    assert scores["cuts on beats"] == (pytest.approx(0.28, abs=0.06), 2.0)
    assert scores["cuts on changes"][0] < scores["cuts on beats"][0]


def test_what_is_not_predicted_to_change_is_left_out_and_what_does_not_follow_counts_as_nothing():
    rising, flat = np.arange(8.0), np.full(8, 0.3)
    assert follow(flat, rising) is None
    assert follow(rising, flat) == 0.0
    assert follow(rising, -rising[:5]) == pytest.approx(-1.0)
    assert follow(rising[:1], rising) is None


def test_delays_leave_out_what_was_never_heard():
    asked = find_changes([(0.0, 5.0, "C"), (5.0, 7.0, "F"), (7.0, 10.0, "F"), (10.0, 20.0, "G")])
    assert asked.tolist() == [5.0, 10.0]
    assert delays(asked, find_changes(HEARD.chords), 0.5) == [pytest.approx(0.05)]
    assert delays(asked, np.array([5.4, 9.9]), 0.5) == [pytest.approx(0.4), pytest.approx(-0.1)]
    assert delays(asked, np.array([]), 0.5) == delays(np.array([]), asked, 0.5) == []


def test_totals_are_weighted_and_leave_out_clips_without_the_figure():
    clips = [{"x": (1.0, 3.0)}, {"x": (0.0, 1.0)}, {"x": None}, {"x": (0.5, 0.0)}]
    total = total_of(clips, "x")
    assert (total["value"], total["clips"]) == (0.75, 2)
    assert total["interval"] == [0.0, 1.0]
    assert total_of([{"x": None}], "x") == {"value": None, "interval": None, "clips": 0}


def test_a_difference_is_resampled_by_clip():
    first, second = ([{"x": (value + gain, 1.0)} for value in (0.1, 0.5, 0.9)] for gain in (0.05, 0.0))
    difference = difference_of(first, second, "x")
    assert difference["value"] == pytest.approx(0.05)
    assert difference["interval"] == [pytest.approx(0.05), pytest.approx(0.05)]  # the clips differ, their pairs don't
    assert difference_of(first, [{"x": None}] * 3, "x")["value"] is None


def column(value: float) -> list[dict]:
    return [dict.fromkeys(FIGURES, (value, 1.0))] * 3


@pytest.mark.parametrize(
    ("ours", "other", "good"), [(0.95, 0.5, True), (0.95, 0.95, False), (0.75, 0.5, False), (0.3, 0.5, False)]
)
def test_a_target_needs_its_figure_and_a_worse_control(ours: float, other: float, good: bool):
    columns = {"ours": column(ours), "other video": column(other), "chance": [dict.fromkeys(FIGURES)] * 3}
    summary = summarise(columns)
    assert all_met(summary) is good
    assert {name: target["met"] for name, target in summary["targets"].items()} == {
        name: ours >= least for name, least in TARGETS.items()
    }
    lines = to_lines(summary)
    assert len(lines) == 1 + len(FIGURES) + len(TARGETS)
    assert ("MISSED" in "\n".join(lines)) is not good


def test_music_is_cut_or_repeated_to_a_length_with_its_downbeats():
    samples = np.arange(3 * RATE, dtype=np.float32)
    shorter, bars = fit_length(samples, [0.0, 1.0, 2.0], 2 * RATE)
    assert np.array_equal(shorter, samples[: 2 * RATE]) and bars.tolist() == [0.0, 1.0]
    longer, bars = fit_length(samples, [0.0, 2.0], 7 * RATE)
    assert np.array_equal(longer[3 * RATE : 6 * RATE], samples) and len(longer) == 7 * RATE
    assert bars.tolist() == [0.0, 2.0, 3.0, 5.0, 6.0]


def test_clicks_are_tracked_where_they_are():
    clicks = np.zeros(12 * RATE, np.float32)
    starts = np.arange(0.25, 12, 0.5)
    for start in starts:
        clicks[int(start * RATE) : int(start * RATE) + 400] = 0.8
    assert share_near(starts[2:-2], track_beats(clicks)) == 1.0


def test_a_timeline_says_what_was_asked():
    values = {name: {"predicted": [1.0, 2.0], "realised": [0.0, 0.0]} for name in ("density", "loudness")}
    chords = [{"start": 0.0, "end": 1.5, "label": "A:min"}]
    asked = to_asked({"duration": 1.5, "chords": chords, "per_second": values}, [0.5])
    assert (asked.chords, asked.cuts) == (((0.0, 1.5, "A:min"),), (0.5,))
    assert asked.density.tolist() == [1.0, 2.0]


def test_benchmarks_take_what_follows_their_names():
    names = ["dataset", "fit"]
    assert group(["fit", "clips", "fit.json", "dataset"], names) == [("fit", ["clips", "fit.json"]), ("dataset", [])]
    with pytest.raises(SystemExit, match="fast is no benchmark"):
        group(["fast"], names)
