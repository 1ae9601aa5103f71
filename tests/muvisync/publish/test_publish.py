"""Publishing: whole or not at all, in a folder, in memory and in S3; nothing twice, nothing torn by an interruption."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from muvisync.errors import UserError
from muvisync.files import file_hash
from muvisync.publish import RunEntry, publish
from muvisync.publish.store import Store

FILES = {"index.html": "the report", "evaluate/metrics.json": "{}", "generate/a.mp4": "film " * 1000, "ä b.txt": "x"}


def entry(number: int, verdict: str = "promote", **metrics: float) -> RunEntry:
    return RunEntry(
        id=f"{number:04d}-0123456789ab",
        time=f"2026-11-{number:02d}T03:00:00+01:00",
        verdict=verdict,
        reasons=["cross_entropy <1.2> is better"],
        version=f"v1.{number}.0" if verdict == "promote" else None,
        champion=f"v1.{number}.0",
        commit="0123456789abcdef",
        metrics={"cross_entropy": 2.0 - number / 10} | metrics,
        data={"videos": 10 + number, "seconds": 100},
    )


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return write_reports(tmp_path / "reports", "one")


def write_reports(folder: Path, mark: str) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text} {mark}")
    (folder / ".draft.html").write_text("of a killed process")
    return folder


def latest(address: str) -> dict:
    """The run that `latest` leads to, once every file of its report is there, whole."""
    store = Store(address)
    folder = re.search(r"url=../runs/([^/]+)/index.html", store.read("latest/index.html").decode())[1]
    run = json.loads(store.read(f"runs/{folder}/run.json"))
    assert set(run["files"]) == set(FILES)
    for name, (size, _) in run["files"].items():
        assert len(store.read(f"runs/{folder}/{name}")) == size
    return run


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket of an S3 server on this machine."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("s3").create_bucket(Bucket="reports")
        yield "s3://reports/site"
    server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "s3":
        return f"{request.getfixturevalue('s3')}/{tmp_path.name}"
    return str(tmp_path / "site") if request.param == "folder" else f"memory://{tmp_path.name}"


def test_runs_trends_and_latest(address: str, reports: Path):
    first = publish(reports, address, entry(1))
    write_reports(reports, "two")
    second = publish(reports, address, entry(2, "reject"))
    assert (first.written, second.page) == (7, f"{address}/runs/0002-0123456789ab/index.html")
    store = Store(address)
    assert store.read("runs/0001-0123456789ab/index.html") == b"the report one"
    assert latest(address)["entry"]["verdict"] == "reject"
    page = store.read("index.html").decode()
    assert page.index("0002") < page.index("0001-") or page.index("rejected") < page.index("promoted")
    assert "cross_entropy &lt;1.2&gt; is better" in page
    assert "Cross-entropy of the next chord from run to run: 0001: 1.9, 0002: 1.8" in page
    assert store.read("runs/0002-0123456789ab/.draft.html") is None


def test_a_second_time_changes_nothing(tmp_path: Path, reports: Path):
    publish(reports, str(tmp_path / "site"), entry(1))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "site").rglob("*.*")}
    assert publish(reports, str(tmp_path / "site"), entry(1)).written == 0
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "site").rglob("*.*")}


def test_a_whole_report_is_never_changed(tmp_path: Path, reports: Path):
    site = str(tmp_path / "site")
    publish(reports, site, entry(1))
    write_reports(reports, "another")
    assert publish(reports, site, entry(1)).page.endswith("0001-0123456789ab.2/index.html")
    assert Store(site).read("runs/0001-0123456789ab/index.html") == b"the report one"
    assert latest(site)["folder"] == "0001-0123456789ab.2"


class Interrupted(BaseException):
    """As a kill, where a store lives in this process only."""


@pytest.mark.parametrize("seed", range(10))
def test_interrupted_at_any_moment_latest_shows_a_whole_report(
    tmp_path: Path, reports: Path, seed: int, monkeypatch: pytest.MonkeyPatch
):
    address = f"memory://{tmp_path.name}"
    publish(reports, address, entry(1))
    write_reports(reports, "two")
    files, left = type(fsspec.filesystem("memory")), random.Random(seed).randint(0, 6)
    put = files.pipe_file

    def put_some(self: object, *args: object, **kwargs: object) -> None:
        nonlocal left
        if left == 0:
            raise Interrupted
        left -= 1
        put(self, *args, **kwargs)

    monkeypatch.setattr(files, "pipe_file", put_some)
    with pytest.raises(Interrupted):
        publish(reports, address, entry(2))
    assert latest(address)["entry"]["id"] == entry(1).id
    monkeypatch.setattr(files, "pipe_file", put)
    publish(reports, address, entry(2))
    assert latest(address)["entry"]["id"] == entry(2).id


def test_killed_while_it_writes_a_folder(tmp_path: Path, reports: Path):
    site = tmp_path / "site"
    publish(reports, str(site), entry(1))
    write_reports(reports, "two")
    code = (
        "import os, signal, sys; from pathlib import Path; from muvisync.publish import RunEntry, publish\n"
        "import json; say = lambda line: os.kill(os.getpid(), signal.SIGKILL) if line[0] == '3' else None\n"
        "publish(Path(sys.argv[1]), sys.argv[2], RunEntry(**json.loads(sys.argv[3])), say)"
    )
    command = [sys.executable, "-c", code, str(reports), str(site), json.dumps(vars(entry(2)))]
    assert subprocess.run(command, check=False).returncode == -9
    assert latest(str(site))["entry"]["id"] == entry(1).id
    publish(reports, str(site), entry(2))
    assert latest(str(site))["entry"]["id"] == entry(2).id
    run = json.loads((site / "runs" / entry(2).id / "run.json").read_text())
    assert all(file_hash(site / "runs" / entry(2).id / name) == hashed for name, (_, hashed) in run["files"].items())


def test_a_store_that_fails_now_and_then_is_tried_again(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files, failures = type(fsspec.filesystem("memory")), iter([True, True, False] * 20)
    put = files.pipe_file

    def put_sometimes(self: object, *args: object, **kwargs: object) -> None:
        if next(failures):
            raise OSError("503 slow down")
        put(self, *args, **kwargs)

    monkeypatch.setattr(files, "pipe_file", put_sometimes)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    publish(reports, f"memory://{tmp_path.name}", entry(1))
    monkeypatch.setattr(files, "pipe_file", lambda *args, **kwargs: (_ for _ in ()).throw(OSError("503 slow down")))
    write_reports(reports, "two")
    with pytest.raises(UserError, match="503 slow down, 4 times; run again later"):
        publish(reports, f"memory://{tmp_path.name}", entry(2))
    assert latest(f"memory://{tmp_path.name}")["entry"]["id"] == entry(1).id


def test_what_people_get_to_read_when_it_can_not_be(s3: str, reports: Path, tmp_path: Path):
    for address, words in (
        ("s3://no-such-bucket/x", "s3://no-such-bucket/x: there is no such place"),
        ("nonsense://me:secret@host/x", r"nonsense://host/x: .*no address that can be written to"),
        (str(reports / "site"), "lie in each other"),
        (str(tmp_path), "lie in each other"),
    ):
        with pytest.raises(UserError, match=words) as caught:
            publish(reports, address, entry(1))
        assert "secret" not in str(caught.value)
    with pytest.raises(UserError, match=r"has no index\.html to publish"):
        publish(tmp_path / "nothing", str(tmp_path / "site"), entry(1))
