"""Publishing to a folder and to memory: nothing twice, and a whole report is never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvisync.errors import UserError
from muvisync.publish import publish
from muvisync.publish.store import Store


def test_a_second_time_changes_nothing(tmp_path: Path, write_report, make_entry):
    reports, site = write_report("one"), tmp_path / "site"

    def files() -> dict[Path, tuple[bytes, int]]:
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in site.rglob("*.*")}

    (reports / ".draft.html").write_text("of a killed process")
    publish(reports, str(site), make_entry(1))
    before = files()
    assert publish(reports, str(site), make_entry(1)).written == 0
    assert files() == before and not list(site.rglob(".draft*"))


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_whole_report_is_never_changed(tmp_path: Path, kind: str, write_report, make_entry, shown):
    site = str(tmp_path / "site") if kind == "folder" else f"memory://{tmp_path.name}"
    publish(write_report("one"), site, make_entry(1))
    assert publish(write_report("two"), site, make_entry(1)).page.endswith("0001-0123456789ab.2/index.html")
    assert Store(site).read("runs/0001-0123456789ab/index.html") == b"the report one"
    assert shown(site) == make_entry(1).id


def test_folders_that_lie_in_each_other_and_a_missing_report(tmp_path: Path, write_report, make_entry):
    reports = write_report("one")
    for address in (reports / "site", tmp_path):
        with pytest.raises(UserError, match="lie in each other"):
            publish(reports, str(address), make_entry(1))
    with pytest.raises(UserError, match=r"has no index\.html to publish"):
        publish(tmp_path / "nothing", str(tmp_path / "site"), make_entry(1))
