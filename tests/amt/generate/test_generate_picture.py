"""The picture of the whole: well-formed, alone in the world, and as long, as full and as empty as its timeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest

from amt.generate.picture import timeline_to_picture
from muvisync.schema import EMOTIONS

NS = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def make_timeline() -> Callable[..., dict]:
    def make(seconds: float = 24.0, beats: int = 40, **changes: object) -> dict:
        chance, rows = np.random.default_rng(0), int(np.ceil(seconds))
        times = np.linspace(0, seconds, beats + 1).tolist()
        bars = list(range(0, beats, 4))
        curves = {kind: chance.random(rows).tolist() for kind in ("predicted", "realised")}
        per_second = {
            "motion": (chance.random(rows) * 20).tolist(),
            "emotion": chance.dirichlet(np.ones(6), rows).tolist(),
            "density": curves,
            "loudness": curves,
        }
        made = {
            "duration": seconds,
            "key": "A minor",
            "cuts": [{"time": times[beats // 2], "beat": beats // 2}, {"time": seconds * 0.7, "beat": None}],
            "beats": times,
            "bars": bars,
            "sections": [{"beat": beat, "mood": "tense"} for beat in bars[::4]],
            "chords": [
                {"start": times[beat], "end": times[min(beat + 4, beats)], "label": label}
                for beat, label in zip(bars, ["A:min", "F", "N", "E:7"] * beats, strict=False)
            ],
            "per_second": per_second,
        }
        made["per_second"].update(changes.pop("per_second", {}))
        return made | changes

    return make


def parse(timeline: dict) -> ElementTree.Element:
    root = ElementTree.fromstring(timeline_to_picture(timeline))
    numbers = [value for element in root.iter() for value in element.attrib.values()]
    assert not [value for value in numbers if re.search(r"\b(nan|inf)\b", value)]
    return root


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def words(root: ElementTree.Element) -> list[str]:
    return [element.text for element in root.iter(f"{NS}text")]


def test_all_of_a_piece_is_in_it(make_timeline):
    root = parse(make_timeline())
    names = [element.text for element in of_class(root, "name")]
    assert names == ["Motion", "Mood", "Chords", "Notes a second", "Loudness", "Sections and bars"]
    assert set(EMOTIONS) <= set(words(root)) and {"A:min", "tense", "0:00", "0:20"} <= set(words(root))
    assert "1 of 2 cuts on a beat (dashed: passed over)" in words(root)
    assert len(list(root.iter(f"{NS}polygon"))) == 6


def test_cuts_go_through_every_lane_at_their_time(make_timeline):
    root = parse(make_timeline())
    met = [line for line in of_class(root, "cut") if "passed" not in line.get("class")]
    left, right = float(root.get("data-left")), float(root.get("data-right"))
    assert len(met) == 6 and {float(line.get("x1")) for line in met} == {(left + right) / 2}
    assert len(of_class(root, "passed")) == 6


def test_a_chord_spans_its_time(make_timeline):
    root = parse(make_timeline(24.0, 8))
    blocks = [rect for rect in root.iter(f"{NS}rect") if rect.find(f"{NS}title") is not None and rect.get("fill")]
    assert [(float(block.get("x")), float(block.get("width"))) for block in blocks] == [(12, 587), (600, 587)]


def test_a_lane_that_was_not_measured_is_left_out(make_timeline):
    whole = parse(make_timeline())
    part = parse(make_timeline(per_second={"motion": None, "emotion": []}, cuts=[], sections=[]))
    names = [element.text for element in of_class(part, "name")]
    assert names == ["Chords", "Notes a second", "Loudness"] and "no cuts" in words(part)
    assert float(part.get("height")) < float(whole.get("height"))


def test_seconds_without_values_stay_empty(make_timeline):
    parse(make_timeline(2.0, 4, per_second={"motion": [None, 3.0], "emotion": [None, [0.0] * 6]}))


@pytest.mark.parametrize(("seconds", "beats"), [(0.1, 1), (5.0, 8), (600.0, 1200)])
def test_any_length(make_timeline, seconds, beats):
    root = parse(make_timeline(seconds, beats))
    left, right = float(root.get("data-left")), float(root.get("data-right"))
    inside = [float(line.get(name)) for line in root.iter(f"{NS}line") for name in ("x1", "x2")]
    drawn = [float(rect.get("x")) + float(rect.get("width")) for rect in root.iter(f"{NS}rect")]
    assert left <= min(inside) and max(inside + drawn) <= right + 0.01


def test_silence_is_drawn_at_the_ground(make_timeline):
    quiet = {"predicted": [0.0] * 24, "realised": [0.0] * 24}
    assert parse(make_timeline(per_second={"density": quiet, "loudness": quiet})) is not None


def test_words_are_escaped_and_nothing_is_fetched(make_timeline):
    nasty = '<script>alert("x")</script>'
    drawn = timeline_to_picture(make_timeline(key=nasty, sections=[{"beat": 0, "mood": nasty}]))
    assert "<script" not in drawn and "&lt;script&gt;" in drawn
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in drawn and "@import" not in drawn


def test_the_same_piece_gives_the_same_picture(make_timeline):
    assert timeline_to_picture(make_timeline()) == timeline_to_picture(make_timeline())
