"""Style files: those of the package, and what is said of one with mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from amt.generate.styles import choose_instruments, choose_style, list_styles, read_style
from amt.generate.styles.library import FOLDER
from amt.generate.wish import to_wish
from muvisync.errors import UserError
from muvisync.schema import EMOTIONS

WRONG = """
about: 3 mistakes
swing: 2
instruments:
  tuba: {program: 200, role: bass, low: 30, high: 50, patterns: [{steps: "X-"}]}
  piano: {role: chords, low: 60, high: 80, patterns: [{steps: "X o"}]}
"""


def test_four_styles_at_least_have_a_bass_and_chords_and_know_the_moods():
    assert {"piano", "band", "orchestral", "ambient"} <= set(list_styles())
    for name in list_styles():
        style = read_style(name)
        assert style.name == name and style.about
        assert {"bass", "chords"} <= {player.role for player in style.instruments.values()}
        assert set(style.moods) == set(EMOTIONS)


def test_a_style_is_read_from_a_path(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text((FOLDER / "piano.yaml").read_text())
    mine = read_style(tmp_path / "mine.yaml")
    assert mine.name == "mine" and mine.instruments == read_style("piano").instruments


def test_all_problems_of_a_file_are_named_at_once(tmp_path: Path):
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    with pytest.raises(UserError) as caught:
        read_style(path)
    for part in ("wrong.yaml has 3 problem(s)", "swing", "instruments.tuba.program", "piano.patterns.0.steps", "mend"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("about: x\ninstruments: {}", "instruments"),
        ("- a list", "the file"),
        ("{", "not YAML"),
        ("about: x\ninstruments: {a: {role: pad, low: 50, high: 55}}", "an octave"),
        ("about: x\ninstruments: {a: {role: bass, low: 30, high: 50}}", "needs patterns"),
        ("about: x\ninstruments: {drums: {role: drums}}", "need a kit"),
        (
            "about: x\ninstruments: {kit: {role: drums, kit: [{drums: {36: x}}]}}",
            "kit: the instrument with the role drums, and no other, is named",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, problem: str):
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=problem):
        read_style(path)


def test_a_style_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path):
    with pytest.raises(UserError, match=r"'polka'.*ambient, band"):
        read_style("polka")
    with pytest.raises(UserError, match="can't be read"):
        read_style(tmp_path / "none.yaml")


def test_the_mood_and_the_density_choose_the_style():
    assert choose_style(["exciting"] * 3, 12.0) == "band"
    assert choose_style(["fearful", "tense"], 8.0) == "orchestral"
    assert choose_style(["relaxing"], 4.0) == "ambient"
    assert choose_style(["sad"], 8.0) == "piano"
    assert choose_style([], 5.0) in list_styles()


@pytest.mark.parametrize("style", list_styles())
def test_every_instrument_can_be_asked_for_by_name(style):
    names = list(read_style(style).instruments)
    for asked in (*names, " , ".join(names)):
        chosen = choose_instruments(read_style(style), to_wish(instruments=asked).instruments).instruments
        assert list(chosen) == (names if "," in asked else [asked])
