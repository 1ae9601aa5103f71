"""`muvisync import`: from folders, zips and bad servers; nothing half installed, nothing outside its folder."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from muvisync.cli import app
from muvisync.dataset.fetch_release import CACHE
from muvisync.errors import UserError
from muvisync.files import file_hash
from muvisync.params import load_params

REPO = Path(__file__).parents[3]
PUBLISHED = Path("data/published")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workspace"
    (folder / "data").mkdir(parents=True)
    text = (REPO / "params.yaml").read_text()
    text = text.replace("backoff: 1.0", "backoff: 0.01").replace("timeout: 30.0", "timeout: 2.0")
    (folder / "params.yaml").write_text(text)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def release(tmp_path: Path, workspace: Path, make_release: Callable[..., Path]) -> Path:
    # long enough for a zip of several of the pieces in which a download arrives
    return make_release(tmp_path / "release" / "dataset", seconds=40)


@pytest.fixture
def packed(release: Path) -> bytes:
    return pack(release)


def pack(folder: Path, extra: dict[str, bytes] | None = None) -> bytes:
    """The folder as a zip, with the folder's own name around it, as release archives have."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{folder.name}/{path.relative_to(folder)}")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return data.getvalue()


def run_import(*args: object) -> str:
    """Standard output of a run that must succeed."""
    done = CliRunner().invoke(app, ["import", *map(str, args)])
    if isinstance(done.exception, UserError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_installed(release: Path) -> None:
    """What is installed is the release, file by file, without what systems leave in folders; and nothing beside it."""
    wanted = {name: data for name, data in files(release).items() if "/." not in name}
    assert files(PUBLISHED) == wanted
    assert [path.name for path in Path("data").iterdir() if path.name != "cache"] == ["published"]
    assert load_params().dataset.published == str(PUBLISHED)


def assert_nothing_installed() -> None:
    assert not PUBLISHED.exists()
    assert [path.name for path in Path("data").iterdir() if path.name != "cache"] == []
    assert load_params().dataset.published is None


def test_a_folder(release: Path):
    said = run_import(release)
    assert_installed(release)
    assert "imported 4 songs (2 train, 1 val, 1 test)" in said
    assert "left out, because in no split: 005" in said
    assert "Next: `muvisync run`" in said


def test_a_folder_around_it_and_a_second_import(release: Path):
    run_import(release.parent)
    assert_installed(release)
    before = load_params().dataset.published_hash
    (release / "vevo_meta/split/v1/val.txt").write_text("003\n005\n")
    run_import(release)
    assert_installed(release)
    assert load_params().dataset.published_hash != before


def test_what_lies_in_place_already_is_only_checked(release: Path):
    shutil.copytree(release, PUBLISHED)
    run_import(PUBLISHED)
    assert load_params().dataset.published == str(PUBLISHED)
    (PUBLISHED / "vevo_motion/all/001.lab").write_text("0 x\n")
    with pytest.raises(UserError, match=r"vevo_motion/all/001\.lab, line 1"):
        run_import(PUBLISHED)
    assert PUBLISHED.is_dir()


def test_the_dataset_stage_takes_what_was_imported_and_nothing_else(release: Path):
    from muvisync.dataset.__main__ import main

    run_import(release)
    main()
    path = PUBLISHED / "vevo_motion/all/001.lab"
    path.write_text(path.read_text().replace("3 ", "3 1", 1))
    with pytest.raises(UserError, match="changed since the import"):
        main()


def test_a_zip_gives_the_same_bytes(release: Path, packed: bytes):
    Path("release.zip").write_bytes(packed)
    said = run_import("release.zip", "--sha256", hashlib.sha256(packed).hexdigest().upper())
    assert_installed(release)
    assert hashlib.sha256(packed).hexdigest() in said


def test_the_real_songs(workspace: Path, muvi_sync_mini: Path):
    said = run_import(muvi_sync_mini)
    assert "imported 36 songs (24 train, 6 val, 6 test)" in said
    found = {name: file_hash(PUBLISHED / name) for name in files(PUBLISHED)}
    assert found == {
        name: file_hash(muvi_sync_mini / name) for name in files(muvi_sync_mini) if name.startswith("vevo_")
    }


def test_all_problems_are_listed_and_nothing_is_installed(release: Path):
    (release / "vevo_motion/all/001.lab").unlink()
    (release / "vevo_loudness/all/002.lab").write_text("0 nan\n")
    path = release / "vevo_chord/lab_v2/all/003.lab"
    path.write_text(path.read_text().replace("A#", "B#"))
    with pytest.raises(UserError) as caught:
        run_import(release)
    said = str(caught.value)
    assert said.startswith(f"{release} has ")
    for words in (
        "vevo_motion/all/001.lab is missing",
        "vevo_loudness/all/002.lab",
        "chord 'B#' is not one of the 157",
    ):
        assert words in said
    assert ".published.new" not in said
    assert_nothing_installed()


def test_a_bad_release_leaves_the_one_before(release: Path):
    run_import(release)
    before, params = files(PUBLISHED), Path("params.yaml").read_text()
    (release / "vevo_motion/all/001.lab").unlink()
    with pytest.raises(UserError, match="is missing"):
        run_import(release)
    assert files(PUBLISHED) == before and Path("params.yaml").read_text() == params


def test_what_a_killed_import_left_is_put_right(release: Path, workspace: Path):
    run_import(release)
    before = files(PUBLISHED)
    # killed between the two renames, and while it copied
    PUBLISHED.rename(workspace / "data/.published.old")
    (workspace / "data/.published.new").mkdir()
    (workspace / "data/.published.new/torn").write_text("x")
    (release / "vevo_motion/all/001.lab").unlink()
    with pytest.raises(UserError):
        run_import(release)
    assert files(PUBLISHED) == before
    assert [path.name for path in Path("data").iterdir()] == ["published"]


class TestUrl:
    """From a server that drops, refuses, lies."""

    def test_faults_in_turn_and_the_same_bytes_in_the_end(self, release: Path, packed: bytes, server):
        half = len(packed) // 2
        url = server.serve(
            "/release.zip",
            server.whole(packed, "application/zip", drop_after=half),
            server.status(429, Retry_After=0),
            server.status(503, Retry_After=1),
            server.whole(packed, "application/zip", drop_after=70_000),
            server.status(500),
            server.whole(packed, "application/zip"),
        )
        said = run_import(url, "--sha256", hashlib.sha256(packed).hexdigest())
        assert_installed(release)
        assert "fetching" in said and len(server.requests) == 6
        assert server.requests[-1][1]["Range"].startswith("bytes=")  # resumed, not fetched again
        assert not list(CACHE.iterdir())

    def test_a_wrong_checksum_is_a_clear_refusal(self, release: Path, packed: bytes, server):
        url = server.serve("/release.zip", server.whole(packed, "application/zip"))
        with pytest.raises(UserError, match=r"its SHA-256 is [0-9a-f]{64}, not 0{64}; nothing was imported"):
            run_import(url, "--sha256", "0" * 64)
        assert_nothing_installed()
        assert not list(CACHE.iterdir())

    def test_a_server_that_never_recovers_is_left_alone(self, release: Path, server):
        url = server.serve("/release.zip", server.status(503))
        with pytest.raises(UserError, match=r"503, attempt 3 of 3; nothing was imported. Run the import again later"):
            run_import(url, "--attempts", 3)
        assert len(server.requests) == 3
        assert_nothing_installed()

    def test_an_hour_is_not_waited_for(self, release: Path, server):
        url = server.serve("/release.zip", server.status(429, Retry_After=3600))
        with pytest.raises(UserError, match="asks to wait 3600 s"):
            run_import(url)

    def test_what_arrived_is_kept_for_the_next_time(self, release: Path, packed: bytes, server):
        url = server.serve("/r.zip", server.whole(packed, "application/zip", drop_after=200_000), server.status(503))
        with pytest.raises(UserError):
            run_import(url, "--attempts", 1)
        server.serve("/r.zip", server.whole(packed, "application/zip"))
        run_import(url)
        assert server.requests[-1][1]["Range"] != "bytes=0-"
        assert_installed(release)

    def test_pages_missing_files_and_too_much_are_refused(self, release: Path, packed: bytes, server):
        page = server.serve("/a.zip", server.whole(b"<h1>Sorry</h1>", "text/html"))
        with pytest.raises(UserError, match="the server sent a page"):
            run_import(page)
        with pytest.raises(UserError, match="404"):
            run_import(server.serve("/b.zip", server.status(404)))
        with pytest.raises(UserError, match="larger than --max-bytes"):
            run_import(server.serve("/c.zip", server.promise(10_000_000_000)))
        with pytest.raises(UserError, match="not a zip file"):
            run_import(server.serve("/d.zip", server.whole(packed[:-100], "application/zip")))
        assert_nothing_installed()


def special(kind: int, name: str = "dataset/vevo_meta/link") -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


HOSTILE = {
    "up": ("dataset/../../../evil", "would not stay in its folder"),
    "absolute": ("/tmp/muvisync-evil", "would not stay in its folder"),
    "drive": ("C:/evil", "would not stay in its folder"),
    "backslash": ("dataset\\..\\evil", "would not stay in its folder"),
    "link": (special(stat.S_IFLNK), "is a link"),
    "pipe": (special(stat.S_IFIFO), "is a link or another special file"),
}


@pytest.mark.parametrize(("member", "said"), HOSTILE.values(), ids=[*HOSTILE])
def test_a_hostile_zip_is_not_unpacked(release: Path, member: str | zipfile.ZipInfo, said: str):
    Path("evil.zip").write_bytes(pack(release, {member: b"/etc/passwd"}))
    outside = set(release.parents[1].iterdir())
    with pytest.raises(UserError, match=said):
        run_import("evil.zip")
    assert_nothing_installed()
    assert set(release.parents[1].iterdir()) == outside and not Path("/tmp/muvisync-evil").exists()


def test_a_nul_in_a_name_is_refused(release: Path):
    data = pack(release, {"dataset/vevo_meta/aXb": b""}).replace(b"vevo_meta/aXb", b"vevo_meta/a\0b")
    Path("evil.zip").write_bytes(data)
    with pytest.raises(UserError, match="would not stay in its folder"):
        run_import("evil.zip")


def test_bombs_doubles_and_other_archives_are_refused(release: Path, packed: bytes):
    Path("bomb.zip").write_bytes(pack(release, {"dataset/vevo_meta/bomb": bytes(50_000_000)}))
    with pytest.raises(UserError, match=r"files of 0\.1 GB in all; the limits are"):
        run_import("bomb.zip", "--max-bytes", 10_000_000)
    with pytest.warns(UserWarning, match="Duplicate"):
        Path("twice.zip").write_bytes(pack(release, {"dataset/vevo_meta/idlist.txt": b"again"}))
    with pytest.raises(UserError, match="holds a file twice"):
        run_import("twice.zip")
    Path("none.zip").write_bytes(b"not a zip")
    with pytest.raises(UserError, match="not a zip file"):
        run_import("none.zip")
    Path("torn.zip").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UserError, match="not a zip file"):
        run_import("torn.zip")
    middle = len(packed) // 2
    Path("damaged.zip").write_bytes(packed[:middle] + bytes(64) + packed[middle + 64 :])
    with pytest.raises(UserError):
        run_import("damaged.zip")
    assert_nothing_installed()


def test_other_folders_links_and_nothing(release: Path, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no folder vevo_meta/"):
        run_import(tmp_path / "empty")
    with pytest.raises(UserError, match="no such file or folder"):
        run_import("nowhere")
    with pytest.raises(UserError, match="64 hexadecimal digits"):
        run_import(release, "--sha256", "abc")
    with pytest.raises(UserError, match="leave --sha256 out"):
        run_import(release, "--sha256", "0" * 64)
    (release / "vevo_motion/all/link.lab").symlink_to("/etc/passwd")
    with pytest.raises(UserError, match=r"link\.lab is a link"):
        run_import(release)
    shutil.copytree(release, release.parent / "again", symlinks=True)
    with pytest.raises(UserError, match="2 folders with vevo_meta/"):
        run_import(release.parent)
    assert_nothing_installed()


def test_a_full_disk_is_told_before(release: Path, monkeypatch: pytest.MonkeyPatch):
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(UserError, match="no room: the release needs"):
        run_import(release)
    assert_nothing_installed()
