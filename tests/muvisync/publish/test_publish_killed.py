"""A process that publishes is killed at ten random moments: within a file, before and after it has its name."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from muvisync.publish import publish

WRITES = 7  # three files of the report, run.json, the front page, latest.json, latest/index.html; 3 moments each
KILLED = """
import json, os, signal, sys
from pathlib import Path
import muvisync.files
from muvisync.publish import RunEntry, publish

def die_at(moment):
    left, write, sync = moment, Path.write_bytes, muvisync.files._sync
    def step(die):
        nonlocal left
        if left == 0:
            die()
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
    def write_bytes(self, data):
        step(lambda: write(self, data[: len(data) // 2]))  # half of the file
        return write(self, data)
    def _sync(path):
        step(lambda: None)  # of the whole draft, then of its folder, when it has its name
        sync(path)
    Path.write_bytes, muvisync.files._sync = write_bytes, _sync

reports, entry, sites = Path(sys.argv[1]), RunEntry(**json.loads(sys.argv[2])), json.loads(sys.argv[3])
for site, moment in sites.items():
    child = os.fork()
    if child == 0:
        die_at(moment)
        publish(reports, site, entry)
        os._exit(0)
    print(os.waitpid(child, 0)[1])
"""


def test_killed_at_ten_random_moments_latest_shows_a_whole_report(tmp_path: Path, write_report, make_entry, shown):
    first, second = make_entry(1), make_entry(2, "reject", "v1.1.0")
    publish(write_report("one"), str(tmp_path / "start"), first)
    reports = write_report("two")
    moments = sorted(random.Random(23).sample(range(3 * WRITES), 10))
    sites = {str(tmp_path / f"site{moment}"): moment for moment in moments}
    for site in sites:
        shutil.copytree(tmp_path / "start", site)
    command = [sys.executable, "-c", KILLED, str(reports), json.dumps(asdict(second)), json.dumps(sites)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert ended == ["9"] * 10  # by SIGKILL, each of them
    for site, moment in sites.items():
        has_its_name = (moment + 1) // 3  # so many files
        assert shown(site) == (second.id if has_its_name == WRITES else first.id)
        completed = publish(reports, site, second)
        assert (completed.written, completed.kept) == (WRITES - has_its_name, min(has_its_name, 3))
        assert shown(site) == second.id
        assert publish(reports, site, second).written == 0
