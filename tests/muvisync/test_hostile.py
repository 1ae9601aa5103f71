"""A catalogue from a stranger: clear messages, and no file outside of the workspace is read, written or deleted."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from tests.faults.clips import make_clip

from amt.report.inputs import read_inputs
from amt.report.page import inputs_to_page
from muvisync import network
from muvisync.catalog import CATALOG, CatalogError, Video, read_catalog, write_catalog
from muvisync.download.__main__ import main
from muvisync.ledger import Ledger
from muvisync.params import set_params

ROOT = Path(__file__).parents[2]
HEADER = "video_id,source,title,license,tags"
SHELL = "x;touch pwned;$(touch pwned)`touch pwned`|touch pwned"
SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(1)">'
REFUSED = {
    "../../evil,sample:1,,,": "video_id '../../evil'",
    "..,sample:1,,,": "video_id '..'",
    "/etc/cron,sample:1,,,": "video_id '/etc/cron'",
    "a/b,sample:1,,,": "video_id 'a/b'",
    ".ssh,sample:1,,,": "video_id '.ssh'",
    "-rf,sample:1,,,": "video_id '-rf'",
    "$(touch pwned),sample:1,,,": "video_id",
    f"{SCRIPT.split()[0]},sample:1,,,": "video_id",
    "a\0b,sample:1,,,": "NUL or other control character",
    "a,sample:1,a\0title,,": "NUL or other control character",
    "a,clips/\0.mp4,,,": "NUL or other control character",
    'a,sample:1,"two\nlines",,': "line break",
    "a,file:///etc/passwd,,,": "write the file's path without file:",
    "a,FILE:/etc/passwd,,,": "write the file's path without file:",
    "a,ftp://a.test/a.mp4,,,": "is not a kind of source",
    "a,concat:/etc/passwd,,,": "is not a kind of source",
    "a,javascript:alert(1),,,": "is not a kind of source",
    "a,http://user:password@a.test/a.mp4,,,": "keep passwords out",
    "a,http:///etc/passwd,,,": "not a whole web address",
    "a,sample:-1,,,": "write sample:<n>",
    f"a,sample:1,{'x' * 10_000},,": "title has 10000 characters",
    "a," + "x," * 999_999: "1000001 columns",
    "a": "1 column, must be 5",
    'a,"sample:1': "not CSV",
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with private things beside it; 127.0.0.1, where the test's server is, counts as public."""
    folder = tmp_path / "outside/workspace"
    (folder / "data").mkdir(parents=True)
    (folder / "clips").mkdir()
    shutil.copy(ROOT / "params.yaml", folder)
    make_clip(tmp_path / "outside/secret.mp4", 1)
    (tmp_path / "outside/secret.txt").write_text("secret")
    monkeypatch.setenv("HOME", str(tmp_path / "outside"))
    monkeypatch.chdir(folder)
    set_params(["run.engine=serial", "run.backoff=0.0", "run.attempts=1", "download.failure_budget=1.0"])
    set_params(["download.requests_per_minute=0", "download.local_root=clips", "download.timeout=5.0"])
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    return folder


def outside(workspace: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every file beside the workspace."""
    files = [path for path in workspace.parent.rglob("*") if path.is_file() and not path.is_relative_to(workspace)]
    return {str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: repr(row)[:40])
def test_a_row_that_can_not_be_right_is_refused_with_its_line(workspace: Path, row: str):
    before = outside(workspace)
    CATALOG.write_bytes(f"{HEADER}\ngood,sample:1,Good,,\n{row}\n".encode())
    with pytest.raises(CatalogError) as caught:
        main()
    assert REFUSED[row] in str(caught.value) and "line 3" in str(caught.value)
    assert len(str(caught.value)) < 2000
    assert outside(workspace) == before and not Path("data/download").exists()


@pytest.mark.parametrize(
    "data",
    [b"\0" * 100_000, b"," * 1_000_000, b'"' * 999_999, bytes(range(256)) * 100, HEADER.encode("utf-16"), b"\xff\xfe"],
)
def test_what_is_no_catalogue_at_all_is_refused(workspace: Path, data: bytes):
    CATALOG.write_bytes(data)
    with pytest.raises(CatalogError) as caught:
        read_catalog()
    assert len(str(caught.value)) < 20_000


def hostile(server, clip: bytes) -> dict[str, tuple[Video, str]]:
    """Rows that look right; id -> (row, a piece of its outcome)."""
    inside = server.serve("/inside.mp4", server.whole(clip)).replace("127.0.0.1", "127.0.0.2")
    page = (
        f'<html><title>../../{SCRIPT}</title><video src="{server.serve("/m.mp4", server.whole(clip))}"></video></html>'
    )
    Path("clips/link.mp4").symlink_to("../../secret.mp4")
    Path(f"clips/{SHELL}.mp4").write_bytes(clip)
    for name, text in (
        ("list", "#EXTM3U\n#EXTINF:2,\n../../secret.mp4\n"),
        ("concat", "ffconcat version 1.0\nfile x\n"),
    ):
        Path(f"clips/{name}.mp4").write_text(text)
    rows = {
        "private": (inside, "failed: 127.0.0.2 is not a public address"),
        "metadata": ("http://169.254.169.254/latest/meta-data/a.mp4", "failed: 169.254.169.254 is not a public"),
        "private-site": (inside.removesuffix(".mp4"), "failed: 127.0.0.2 is not a public address"),
        "hop": (server.serve("/hop.mp4", server.redirect(inside)), "failed: 127.0.0.2 is not a public address"),
        "hop-file": (server.serve("/f.mp4", server.redirect("file:///etc/passwd")), "failed: not an address"),
        "huge": (server.serve("/huge.mp4", server.promise(10_000_000_000)), "filtered: larger than download.max_bytes"),
        "endless": (server.serve("/e.mp4", server.endless()), "filtered: larger than download.max_bytes"),
        "page": (
            server.serve("/p.mp4", server.whole(SCRIPT.encode(), kind="text/html")),
            "failed: the server sent a page",
        ),
        "path": (server.serve("/..%2f..%2fsecret.mp4", server.status(404)), "failed: the server answered 404"),
        "above": ("../secret.mp4", "failed: outside of download.local_root"),
        "far": ("/etc/passwd", "failed: outside of download.local_root"),
        "link": ("clips/link.mp4", "failed: outside of download.local_root"),
        "list": ("clips/list.mp4", "failed: not a video that can be opened"),
        "concat": ("clips/concat.mp4", "failed: not a video that can be opened"),
        "shell": (f"clips/{SHELL}.mp4", "ok"),
        "site": (server.serve("/watch", server.whole(page.encode(), kind="text/html", etag="")), "ok"),
        "good": (server.serve("/good.mp4", server.whole(clip)), "ok"),
    }
    return {
        name: (Video(name, source, f"{SCRIPT} {SHELL}", SCRIPT, SCRIPT), end) for name, (source, end) in rows.items()
    }


def test_a_hostile_catalogue_ends_with_an_outcome_for_each_row_and_touches_nothing_else(server, workspace: Path):
    clip = (workspace.parent / "secret.mp4").read_bytes()
    videos = hostile(server, clip)
    set_params(["download.max_bytes=3000000"])
    write_catalog(CATALOG, [video for video, _ in videos.values()])
    before = outside(workspace)
    main()
    found = {r.id: f"{r.status}: {r.reason}".removesuffix(": ") for r in Ledger("download").records.values()}
    assert {name: found[name] for name, (_, end) in videos.items() if not found[name].startswith(end)} == {}
    assert outside(workspace) == before
    assert not any(path == "/inside.mp4" for path, _ in server.requests)
    made = {path.name for path in workspace.rglob("*") if path.is_file() and "turns" not in path.parts}
    assert "pwned" not in made
    assert {path.name.partition(".")[0] for path in Path("data/download").iterdir()} == {"shell", "site", "good"}
    assert max(path.stat().st_size for path in Path("data").rglob("*") if path.is_file()) < 4_000_000


def test_titles_and_reasons_reach_the_report_escaped(workspace: Path):
    Ledger("download").begin({"a": "key"}, 1)
    write_catalog(CATALOG, [Video("a", f"clips/{SCRIPT.replace('/', '')}.mp4", SCRIPT, SCRIPT, SCRIPT)])
    main()
    page = inputs_to_page(read_inputs(Path("reports"), Path("data/ledger")))
    assert "<script>alert(1)" not in page and "onerror=" not in page.replace("onerror=&#34;", "")
