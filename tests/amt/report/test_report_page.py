"""The page as text: complete, escaped, repeatable, and in words where something is missing."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from amt.report.__main__ import main
from amt.report.inputs import Inputs, read_inputs
from amt.report.page import clock, inputs_to_page, number
from muvisync.files import read_json, write_json

STAGES = ("download", "transcribe", "video", "dataset", "sample", "train_amt", "train_rhythm", "evaluate", "generate")


class Checker(HTMLParser):
    """Counts elements, and complains about one that is closed without being open."""

    void = frozenset({"meta", "link", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.counts: dict[str, int] = {}
        self.headings: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.sources += [value for name, value in attrs if name in ("src", "href", "poster")]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def parsed(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def page_of(reports: Path) -> str:
    return inputs_to_page(read_inputs(reports, reports.parent / "data/ledger"))


def test_every_stage_has_its_heading_and_nothing_comes_from_elsewhere(reports):
    page = parsed(page_of(reports))
    assert set(STAGES) <= set(page.headings)
    assert page.counts["video"] == 2 and page.counts["svg"] > 15 and page.counts["script"] == 1
    local = [source for source in page.sources if not source.startswith(("#", "data:"))]
    assert local and all((reports / source).exists() or source.endswith((".mid", ".wav")) for source in local)


def test_titles_and_reasons_are_escaped(reports):
    page = page_of(reports)
    assert "<script>alert" not in page and "<b>here</b>" not in page
    assert "&lt;script&gt;alert" in page and "&lt;b&gt;here&lt;/b&gt;" in page


def test_same_inputs_same_bytes(reports, monkeypatch):
    monkeypatch.chdir(reports.parent)
    main()
    first = (reports / "index.html").read_bytes()
    main()
    assert (reports / "index.html").read_bytes() == first


def test_an_empty_folder_is_said_in_words(tmp_path):
    page = page_of(tmp_path / "reports")
    assert set(STAGES) <= set(parsed(page).headings)
    for words in (
        "There is no dataset yet",
        "no sample clip",
        "has not run yet",
        "not been evaluated",
        "No video got music",
    ):
        assert words in page


@pytest.mark.parametrize("missing", ["dataset", "sample", "train_amt", "train_rhythm", "evaluate", "generate"])
def test_each_part_may_be_missing(reports, missing):
    shutil.rmtree(reports / missing)
    parsed(page_of(reports))


def test_one_song_without_intervals_control_and_changes(reports):
    metrics = read_json(reports / "evaluate/metrics.json")
    metrics |= {"songs": 1, "split": "train", "control": None, "free_running": None, "against": {}}
    for scores in metrics["chords"].values():
        scores["changes"] = dict.fromkeys(scores["changes"], None)
        scores["interval"] = {"all": {"hits1": None}, "changes": {"hits1": None}}
    metrics["rhythm"]["density"] = {
        name: {"songs": 0, "rmse": None, "correlation": None, "std_ratio": None, "interval": {}}
        for name in metrics["rhythm"]["density"]
    }
    write_json(reports / "evaluate/metrics.json", metrics)
    page = page_of(reports)
    parsed(page)
    assert "which they were trained on" in page and "no other video" in page and "could not be measured" in page


def test_bad_news_is_told(reports):
    page = page_of(reports)
    assert "does not beat counting" in page and "moods 0.770, wanted at least 0.80" in page
    assert "1 failed in download" in page and "2 songs (64 s)" in page


def test_controls_calibration_and_own_chords_are_shown(reports):
    page = page_of(reports)
    for words in (
        "What it looks at",
        "no semantics",
        "Of the picture it needs most what is in it",
        "Can its probabilities be believed?",
        "Each song by itself",
        "Chords of its own making",
        "AMT, as music is made",
        "difference -5.0 points, 95 % interval -9.0 to -1.0",
    ):
        assert words in page, words


def test_figures_of_an_earlier_version_are_no_crash(reports):
    metrics = read_json(reports / "evaluate/metrics.json")
    for name in ("free_running", "against"):
        del metrics[name]
    del metrics["control"]["parts"]
    for scores in metrics["chords"].values():
        del scores["pooled"], scores["calibration"]
    write_json(reports / "evaluate/metrics.json", metrics)
    (reports / "evaluate/songs.parquet").unlink()
    parsed(page_of(reports))


def test_a_model_that_does_not_look_is_told(reports):
    metrics = read_json(reports / "evaluate/metrics.json")
    metrics["control"]["cross_entropy"] |= {"difference": 0.01, "interval": [-0.02, 0.04]}
    write_json(reports / "evaluate/metrics.json", metrics)
    assert "It is not shown that the AMT looks at the picture" in page_of(reports)


def test_no_catalog_at_all_has_no_verdict_of_loss():
    assert "Nothing was lost" not in inputs_to_page(Inputs())


def test_numbers_for_people():
    assert (number(12345), number(0.1234), number(None), number(True)) == ("12,345", "0.123", "–", "–")
    assert (clock(75.4), clock(3723), clock(None)) == ("1:15", "1:02:03", "–")


def test_no_absolute_paths_and_no_dates(reports):
    page = page_of(reports)
    assert str(reports) not in page and not re.search(r"20\d\d-\d\d-\d\d", page)
