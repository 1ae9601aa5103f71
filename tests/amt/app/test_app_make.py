"""The one function behind the page, and how its results are shown."""

from __future__ import annotations

from xml.etree import ElementTree

import pretty_midi
import pytest

from amt.app.ask import Ask
from amt.app.show import show_problem, show_results
from muvisync.container import probe
from muvisync.errors import UserError


def test_variants_are_files_of_their_own_and_the_same_every_time(make, make_clip, tmp_path):
    clip, told = make_clip("film.mp4", 3), []
    ask = Ask(key="Eb minor", primer="Ebm Abm", seed=4, variants=2)
    results = make(clip, ask, tmp_path, lambda share, doing: told.append((share, doing)))
    assert [result.video.name for result in results] == ["film-music-1.mp4", "film-music-2.mp4"]
    assert [result.timeline["seed"] for result in results] == [4, 5]
    for result in results:
        assert abs(probe(result.video).duration - 3) < 0.05 and result.sound.stat().st_size
        assert pretty_midi.PrettyMIDI(str(result.midi)).instruments
        assert result.timeline["chords"][0]["label"] == "D#:min"
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == 1
    words = ["Looking at the picture", "Looking at the picture", "Composing", "Playing variant 1 of 2"]
    assert [doing for _, doing in told[:4]] == words and 0 == shares[0] < shares[1] <= 0.5 == shares[2]
    again = make(clip, ask, tmp_path / "again", lambda *_: None)
    assert again[1].midi.read_bytes() == results[1].midi.read_bytes()


def test_what_cannot_be_read_is_said_before_any_work(make, tmp_path):
    with pytest.raises(UserError, match="'Xyz' is not a chord"):
        make(tmp_path / "not looked at.mp4", Ask(primer="Xyz"), tmp_path, lambda *_: None)


def test_a_closed_page_ends_the_work(make, make_clip, tmp_path):
    told = []

    def leave(share: float, doing: str) -> None:
        told.append(doing)
        if share:
            raise UserError("The page was closed")

    with pytest.raises(UserError, match="closed"):
        make(make_clip("film.mp4", 3), Ask(), tmp_path / "music", leave)
    assert not (tmp_path / "music").exists() and told == ["Looking at the picture"] * 2


def test_results_are_shown_with_all_that_can_be_had(make, make_clip, tmp_path):
    results = make(make_clip("film.mp4", 3), Ask(variants=3), tmp_path, lambda *_: None)
    root = ElementTree.fromstring(show_results(results))
    links = [link.get("href") for link in root.iter("a")]
    assert len(links) == 9 and {link.rsplit(".", 1)[1] for link in links} == {"mp4", "wav", "mid"}
    assert len(list(root.iter("button"))) == 3
    assert [article.get("hidden") for article in root.iter("article")] == [None, "hidden", "hidden"]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}svg"))) == 3


def test_a_stranger_s_words_are_only_words():
    shown = show_problem('<img src=x onerror="alert(1)">\nsecond line')
    assert (
        "<img" not in shown and [span.text for span in ElementTree.fromstring(shown).iter("span")][1] == "second line"
    )
