import numpy as np
import pytest

from muvisync.sample.check import check_clip, compare_chords, correlate, cuts_f1, emotion_accuracy, same_key, summarise

CHORDS = [{"start": 0.0, "end": 2.0, "chord": "C"}, {"start": 2.0, "end": 3.0, "chord": "B:dim"}]
TRUTH = {
    "duration": 3.0,
    "key": "C major",
    "cuts": [1.0, 2.0],
    "chords": CHORDS,
    "per_second": {
        "mood": ["sad", "sad", "neutral"],
        "note_density": [3, 4, 5],
        "loudness": [0.1, 0.2, 0.1],
        "motion": [0, 1, 2],
    },
}
HEARD = {"key": "C major", "chords": CHORDS, "per_second": {"note_density": [6, 8, 10], "loudness": [0.1, 0.2, 0.1]}}
SEEN = {"cuts": [1.2, 2.0], "emotion": np.eye(6)[[3, 3, 5]].tolist(), "motion": [0, 2, 4]}


def test_perfect_measurement_gets_full_marks():
    figures = check_clip(TRUTH, HEARD, SEEN)
    assert figures.pop("duration") == 3.0
    assert all(value == 1 for value in figures.values())


def test_what_was_not_measured_is_none():
    assert {name for name, value in check_clip(TRUTH, None, None).items() if value is not None} == {"duration"}


def test_chords_are_weighted_by_duration():
    wrong = [{"start": 0.0, "end": 1.0, "chord": "C:min"}, {"start": 1.0, "end": 3.0, "chord": "C"}]
    root, majmin = compare_chords(CHORDS, wrong)
    assert root == pytest.approx(2 / 3, abs=1e-3)
    assert majmin == pytest.approx(1 / 2)  # the dim chord is not asked for


def test_sevenths_count_as_their_triads():
    assert compare_chords([CHORDS[0]], [{"start": 0.0, "end": 2.0, "chord": "C:maj7"}]) == (1.0, 1.0)


def test_nothing_heard_is_all_wrong():
    assert compare_chords(CHORDS, []) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("heard", "right"),
    [("D# minor", True), ("Eb minor", True), ("F# major", False), ("D# major", False), (None, False)],
)
def test_keys(heard, right):
    assert same_key("D# minor", heard) is right


@pytest.mark.parametrize(
    ("truth", "heard", "f1"),
    [([], [], 1), ([1], [], 0), ([], [1], 0), ([1, 5], [1.4, 5.6], 0.5), ([1, 2], [1, 1.1, 2], 0.8)],
)
def test_cuts(truth, heard, f1):
    assert cuts_f1(truth, heard) == pytest.approx(f1)


def test_emotion_counts_the_seconds_both_have():
    assert emotion_accuracy(["sad", "tense", "sad"], np.eye(6)[[3, 3]]) == 0.5
    assert emotion_accuracy([], np.zeros((0, 6))) is None


def test_correlation_of_a_constant_is_none():
    assert correlate([1, 1, 1], [1, 2, 3]) is None
    assert correlate([1, 2, 3, 9], [3, 2, 1]) == pytest.approx(-1)


def test_total_weighs_chords_and_counts_keys():
    first = check_clip(TRUTH, HEARD, SEEN)
    second = first | {"duration": 1.0, "chords_root": 0.0, "key_right": False, "cuts_f1": 0.5, "emotion_accuracy": None}
    total = summarise({"a": first, "b": second})
    assert (total["clips"], total["key_right"], total["key_total"]) == (2, 1, 2)
    assert (total["chords_root"], total["cuts_f1"], total["emotion_accuracy"]) == (0.75, 0.75, 1.0)


def test_total_of_no_clips():
    total = summarise({})
    assert (total["clips"], total["key_total"], total["cuts_f1"]) == (0, 0, None)
