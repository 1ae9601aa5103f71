"""Charts: finite numbers, escaped names, and the odd cases of the data."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from amt.report.charts import Bar, Series, bars, confusion, lines, pairs, scatter
from amt.report.forest import Difference, forest, reliability
from amt.report.timeline import timeline
from muvisync.chord_colour import chord_colour
from muvisync.chords import CHORDS
from muvisync.svg import Plane, tag, text, ticks


def check(drawing: str) -> ElementTree.Element:
    root = ElementTree.fromstring(drawing)
    for element in root.iter():
        for value in element.attrib.values():
            assert "nan" not in value and "inf" not in value
    return root


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (0, 37, [0, 10, 20, 30]), (-1, 1, [-1, -0.5, 0, 0.5, 1])],
)
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == expected


def test_ticks_of_nothing():
    assert len(ticks(3, 3)) <= 2


def test_plane_maps_its_edges():
    plane = Plane(10, 20, 110, 220, (0, 5), (1, 3))
    assert (plane.px(0), plane.px(5), plane.py(1), plane.py(3)) == (10, 110, 220, 20)


def test_text_is_escaped():
    assert "&lt;b&gt;" in text(0, 0, "<b>") and "&#34;" in tag("g", class_='"')


def test_bars_with_and_without_values():
    rows = [Bar("<a>", 0.5, [0.4, 0.6]), Bar("b", None), Bar("c", 0.0, None, False)]
    words = [element.text for element in check(bars("t", rows)).iter() if element.tag.endswith("text")]
    assert "<a>" in words and "not measured" in words and "0.500" in words
    check(bars("t", [Bar("zero", 0)]))


def test_lines_with_one_point_and_constant_values():
    check(lines("t", [Series("a", [(1, 2.0)], "first")], "x", "y"))
    check(lines("t", [Series("a", [(1, 0.0), (2, 0.0)], "first"), Series("none", [], "truth")], "x", "y", mark=1))


def test_scatter_of_zeros():
    check(scatter("t", [(0.0, 0.0)], "x", "y"))


def test_pairs_of_zeros():
    check(pairs("t", [("C", 0, 0)], ("true", "predicted"), "seconds"))


def test_confusion_leaves_out_what_never_occurs():
    root = check(confusion("t", ["C", "D", "E"], [[3, 1, 0], [0, 0, 0], [0, 0, 0]]))
    words = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert words.count("C") == 2 and words.count("D") == 2 and "E" not in words
    assert confusion("t", ["C"], [[0]]) == ""


def test_every_chord_has_a_colour():
    assert len({chord_colour(chord) for chord in CHORDS}) == 25  # 12 hues in two shades, and no chord


@pytest.mark.parametrize("duration", [0.4, 1.0, 9.3, 400.0])
def test_timeline(duration):
    seconds = int(-(-duration // 1))
    curve = {"predicted": [0.0] * seconds, "realised": [1.0] * seconds}
    chords = [{"start": 0.0, "end": duration, "label": "C"}]
    cuts = [{"time": duration / 2, "beat": None}]
    values = {"density": curve, "loudness": curve}
    box = check(timeline({"duration": duration, "cuts": cuts, "chords": chords, "per_second": values}))
    assert float(box.get("data-duration")) == pytest.approx(duration)


def test_forest_around_zero():
    rows = [Difference("a", 0.2, [0.1, 0.3], True), Difference("<b>", -0.0001), Difference("c", -0.4, [-0.5, -0.3])]
    words = [element.text for element in check(forest("t", rows)).iter() if element.tag.endswith("text")]
    assert {"<b>", "+0.200", "+0.000", "-0.400"} <= set(words)
    check(forest("t", [Difference("nothing", 0.0, [0.0, 0.0])]))


def test_reliability_of_one_bin_and_of_none():
    one = [{"steps": 3, "confidence": 0.5, "right": 1.0}]
    check(reliability("t", [("AMT", "first", one), ("memory", "truth", [])]))
