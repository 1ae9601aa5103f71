"""A disk that fills up and a folder that can't be written: a clear stop, nothing torn, and all is well afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muvisync.catalog import CATALOG, Video, write_catalog
from muvisync.ffmpeg import run_ffmpeg
from muvisync.files import is_temporary
from muvisync.ledger import OK, Ledger
from muvisync.params import set_params

ROOT = Path(__file__).parents[2]
CLIPS = 12


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount a small file system of its own at a folder: `mount(folder, "size=2m")`."""
    mounted: list[Path] = []

    def _mount(folder: Path, options: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("may not mount a file system here")
        mounted.append(folder)
        return folder

    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a file system")
    yield _mount
    for folder in reversed(mounted):
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of local clips of 150 to 250 kB each."""
    folder = tmp_path / "workspace"
    (folder / "data").mkdir(parents=True)
    shutil.copy(ROOT / "params.yaml", folder)
    monkeypatch.chdir(folder)
    clips = []
    for number in range(CLIPS):
        path = tmp_path / f"clip{number}.mp4"
        noise = f"nullsrc=size=96x96:rate=10:duration=2,geq=random({number})*255:128:128"
        sound = f"sine=frequency={300 + number}:duration=2"
        run_ffmpeg(["-f", "lavfi", "-i", noise, "-f", "lavfi", "-i", sound, "-c:v", "mpeg4", "-q:v", "3", str(path)])
        clips.append(Video(f"v{number:02}", str(path)))
    write_catalog(CATALOG, clips)
    return folder


def run(stage: str, *changes: str) -> subprocess.CompletedProcess:
    if changes:
        set_params([*changes])
    return subprocess.run(
        [sys.executable, "-m", f"muvisync.{stage}"], capture_output=True, text=True, check=False, timeout=300
    )


def outputs(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@pytest.mark.parametrize("engine", ["serial", "processes"])
@pytest.mark.parametrize("full", ["data", "data/download"])
def test_a_full_disk_is_a_clear_stop_and_nothing_is_torn(workspace: Path, mount, engine: str, full: str):
    catalog = CATALOG.read_bytes()
    mount(workspace / full, "size=1500k")
    CATALOG.write_bytes(catalog)
    done = run("download", f"run.engine={engine}", "run.workers=2")
    assert done.returncode == 1
    assert "No space left on device" in done.stderr and "Mend this" in done.stderr
    assert "Traceback" not in done.stderr
    finished = {record.id for record in Ledger("download").of_status(OK)}
    assert 0 < len(finished) < CLIPS
    for name in finished:
        assert (workspace / f"data/download/{name}.mp4").read_bytes() == Path(
            f"../clip{int(name[1:])}.mp4"
        ).read_bytes()
    subprocess.run(["mount", "-o", "remount,size=32m", str(workspace / full)], check=True)
    done = run("download")
    assert done.returncode == 0, done.stderr
    assert f"{CLIPS} items, {len(finished)} done before" in done.stderr
    assert len(outputs("data/download")) == 2 * CLIPS and not any(map(is_temporary, Path("data/download").iterdir()))


def test_a_full_disk_under_what_libraries_write_is_no_property_of_the_video(workspace: Path, mount):
    """pyarrow, pretty_midi and ffmpeg have their own words for it."""
    assert run("download", "run.engine=serial").returncode == 0
    out = mount(workspace / "data/video", "size=40k")
    done = run("video")
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr and "Traceback" not in done.stderr
    assert 0 < len(Ledger("video").of_status(OK)) < CLIPS
    subprocess.run(["mount", "-o", "remount,size=32m", str(out)], check=True)
    assert run("video").returncode == 0
    assert len(Ledger("video").of_status(OK)) == CLIPS


@pytest.mark.parametrize("closed", ["data/download", "data/ledger"])
def test_a_folder_that_can_not_be_written_is_a_clear_stop(workspace: Path, mount, closed: str):
    mount(workspace / closed, "ro,size=1m")
    done = run("download", "run.engine=serial")
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr and closed in done.stderr and "Mend this" in done.stderr
    assert "Traceback" not in done.stderr
    subprocess.run(["mount", "-o", "remount,rw,size=32m", str(workspace / closed)], check=True)
    assert run("download").returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("closed", ["data/download", "data/ledger"])
def test_a_folder_of_someone_else_is_a_clear_stop(workspace: Path, closed: str):
    (workspace / closed).mkdir()
    (workspace / closed).chmod(0o555)
    done = run("download", "run.engine=serial")
    assert done.returncode == 1
    assert "Permission denied" in done.stderr and closed in done.stderr and "Traceback" not in done.stderr
