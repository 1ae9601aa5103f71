"""Reports to publish, entries for them, and a look at a store with the eyes of a reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from muvisync.publish import RunEntry
from muvisync.publish.store import Store

FILES = {"index.html": "the report", "evaluate/metrics.json": "{}", "generate/ä b.mp4": "film " * 1000}


@pytest.fixture
def write_report(tmp_path: Path) -> Callable[[str], Path]:
    """Write the folder reports/ anew, every file with a mark."""

    def write(mark: str) -> Path:
        for name, text in FILES.items():
            path = tmp_path / "reports" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text} {mark}")
        return tmp_path / "reports"

    return write


@pytest.fixture
def make_entry() -> Callable[..., RunEntry]:
    """What is known of a run, by its number; its candidate is the champion unless something else is said."""

    def make(number: int, verdict: str = "promote", champion: str | None = None, **metrics: float) -> RunEntry:
        version = f"v1.{number}.0" if verdict == "promote" else None
        time, reasons = f"2026-11-{number % 28 + 1:02d}T03:00:00+01:00", ["it is <1.2> better"]
        data = {"videos": 10.0 + number, "seconds": 3600.0 * number}
        return RunEntry(
            f"{number:04d}-0123456789ab", time, verdict, reasons, version, champion or version, None, metrics, data
        )

    return make


@pytest.fixture
def shown() -> Callable[[str], str]:
    """The run that `latest` of an address leads to, after every file of its report was found whole."""

    def look(address: str) -> str:
        store = Store(address)
        folder = re.search(r"url=../runs/([^/]+)/index.html", store.read("latest/index.html").decode())[1]
        run = json.loads(store.read(f"runs/{folder}/run.json"))
        assert set(run["files"]) == set(FILES)
        for name, (size, hashed) in run["files"].items():
            data = store.read(f"runs/{folder}/{name}")
            assert (len(data), sha256(data).hexdigest()) == (size, hashed)
        assert f"runs/{folder}/index.html" in store.read("index.html").decode()
        return run["entry"]["id"]

    return look
