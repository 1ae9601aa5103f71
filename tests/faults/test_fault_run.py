"""The fault run, small: kills, HTTP faults and bad files, and the same bytes as a run without."""

from __future__ import annotations

from pathlib import Path

from tests.faults.clips import BAD
from tests.faults.fault_run import done_twice, fault_run


def test_kills_and_faults_cost_nothing(tmp_path: Path):
    # the other stages load torch, 5 s and more for each kill: `python -m tests.faults.fault_run` does them too
    report = fault_run(tmp_path, kills=8, clips=8, faults_per_file=5, stages=("download",), seed=3)
    report.check(8)
    assert sum(report.faults.values()) == 40
    assert {f"bad-{kind}" for kind in BAD} == set(report.bad)
    assert report.bad["bad-huge"].startswith("filtered: larger than download.max_bytes")


def test_work_on_what_is_done_would_be_noticed():
    log = [["start", "video", "a"], ["start", "video", "a"], ["done", "video", "a"], ["start", "transcribe", "a"]]
    assert done_twice(log) == []
    assert done_twice([*log, ["start", "video", "a"]]) == ["video a"]
