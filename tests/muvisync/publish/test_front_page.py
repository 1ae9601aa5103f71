"""The front page of the published reports: what it says of the runs, and what it leaves alone."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from muvisync.errors import UserError
from muvisync.publish import publish


@pytest.fixture
def site(tmp_path: Path, write_report, make_entry) -> Path:
    """Five runs: promoted, rejected with a figure that is no number, promoted, the same again, rolled back."""
    champions = (("promote", None), ("reject", "v1.1.0"), ("promote", None), ("unchanged", "v1.3.0"))
    for number, (verdict, champion) in enumerate(champions, start=1):
        values = {"cross_entropy": math.nan if number == 2 else 2 - number / 10, "seconds": 3.0}
        publish(write_report(str(number)), str(tmp_path / "site"), make_entry(number, verdict, champion, **values))
    last = make_entry(10_000, "reject", "v1.1.0", cross_entropy=2.5)  # after 9999 come five digits
    publish(write_report("last"), str(tmp_path / "site"), last)
    return tmp_path / "site"


def test_runs_from_the_newest_on_with_trends_and_champions(site: Path):
    page = (site / "index.html").read_text()
    assert re.findall(r"report of run (\d+)", page) == ["10000", "0004", "0003", "0002", "0001"]
    assert "Cross-entropy of the next chord from run to run: 0001: 1.9, 0003: 1.7, 0004: 1.6, 10000: 2.5" in page
    assert "Hours in the dataset from run to run: 0001: 1, 0002: 2" in page
    chart = re.search(r"<svg[^>]*Cross-entropy.*?</svg>", page, re.S)[0]
    assert re.findall(r">(v[\d.]+)<", chart) == ["v1.1.0", "v1.3.0", "v1.1.0"]  # the newest first: it was rolled back
    assert (chart.count('class="mark"'), chart.count('class="dot"'), chart.count('class="dot hollow"')) == (3, 2, 2)
    assert page.count("★ champion") == 1 and "it is &lt;1.2&gt; better" in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}  # nothing from elsewhere


def test_latest_for_programs(site: Path):
    latest = json.loads((site / "latest.json").read_text())
    assert (latest["page"], latest["champion"]) == ("runs/10000-0123456789ab/index.html", "v1.1.0")
    assert (site / latest["page"]).read_text() == "the report last"
    assert json.loads((site / "runs/0002-0123456789ab/run.json").read_text())["entry"]["metrics"] == {"seconds": 3.0}


def test_what_is_not_ours_is_left_alone_and_does_not_count(site: Path, write_report, make_entry):
    strange = {"folder": "x", "entry": vars(make_entry(20_000)) | {"verdict": "who knows"}, "files": {}}
    for name, text in (("strange", json.dumps(strange)), ("torn", '{"folder": "to'), ("a list", "[]")):
        (site / "runs" / name).mkdir()
        (site / "runs" / name / "run.json").write_text(text)
    (site / "runs/somebody's notes.txt").write_text("notes")
    publish(write_report("six"), str(site), make_entry(10_001))
    assert re.findall(r"report of run (\d+)", (site / "index.html").read_text())[:2] == ["10001", "10000"]
    assert (site / "runs/torn/run.json").exists() and (site / "runs/somebody's notes.txt").exists()


def test_an_older_run_published_again_does_not_take_the_place_of_the_latest(site: Path, write_report, make_entry):
    publish(write_report("another"), str(site), make_entry(3))
    assert (site / "runs/0003-0123456789ab.2/index.html").read_text() == "the report another"
    assert (site / "runs/0003-0123456789ab/index.html").read_text() == "the report 3"
    assert "10000" in (site / "latest/index.html").read_text()
    for bad in ("../0003", "a/b", "", ".x"):
        entry = make_entry(3)
        object.__setattr__(entry, "id", bad)
        with pytest.raises(UserError, match="no name for a run"):
            publish(write_report("x"), str(site), entry)
