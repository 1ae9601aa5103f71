"""The whole stage in a workspace: catalogue in, files and outcomes out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from muvisync.catalog import CATALOG, Video, write_catalog
from muvisync.download.__main__ import main
from muvisync.download.items import OUT
from muvisync.download.scratch import SCRATCH
from muvisync.errors import UserError
from muvisync.files import file_hash, read_json
from muvisync.ledger import Ledger
from muvisync.stage import StageFailed

NASTY = "variable-rate & 'quoted name' ü.mov"


def run(*videos: Video) -> dict[str, str]:
    """Run the stage; outcome and reason of every item."""
    write_catalog(CATALOG, videos)
    main()
    return {name: f"{record.status} {record.reason}".strip() for name, record in Ledger("download").records.items()}


def snapshot() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in OUT.iterdir()}


@pytest.fixture
def local(workspace: Path, clip: Path) -> Video:
    """A video in a file whose name is hard to quote."""
    (workspace / "clips").mkdir()
    shutil.copy(clip, workspace / "clips" / NASTY)
    return Video("local-1", f"clips/{NASTY}", "A <b>title</b>, & more", "CC0-1.0", "one two")


def change(local: Video, **values: str) -> Video:
    return Video(**vars(local) | values)


def test_a_local_file_is_copied_with_its_metadata(local: Video, clip: Path):
    assert run(local) == {"local-1": "ok"}
    assert file_hash(OUT / "local-1.mov") == file_hash(clip)
    about = read_json(OUT / "local-1.json")
    assert {name: about[name] for name in vars(local)} == vars(local)
    expected = {"media": "local-1.mov", "width": 160, "height": 120, "fps": 10.0, "codec": "h264", "has_audio": True}
    assert {name: about[name] for name in expected} == expected
    assert (about["sha256"], about["bytes"]) == (file_hash(clip), clip.stat().st_size)
    assert not list(SCRATCH.iterdir())


def test_a_second_run_does_nothing_and_bytes_are_deterministic(local: Video):
    run(local)
    first, times = snapshot(), {path: path.stat().st_mtime_ns for path in OUT.iterdir()}
    run(local)
    assert {path: path.stat().st_mtime_ns for path in OUT.iterdir()} == times
    shutil.rmtree("data/download")
    shutil.rmtree("data/ledger")
    run(local)
    assert snapshot() == first


def test_a_changed_file_is_noticed_whatever_its_time_says(local: Video):
    run(local)
    path = Path(local.source)
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    run(local)
    assert (OUT / "local-1.mov").read_bytes() == bytes(data)


def test_a_file_that_was_missing_is_taken_up_when_it_appears(workspace: Path, local: Video):
    path = Path(local.source).rename("elsewhere.mov")
    assert run(local) == {"local-1": "failed no such file"}
    path.rename(local.source)
    assert run(local) == {"local-1": "ok"}


def test_a_removed_row_disappears_and_others_stay(local: Video):
    run(local, change(local, video_id="local-2"))
    kept = {name: data for name, data in snapshot().items() if name.startswith("local-2")}
    assert run(change(local, video_id="local-2")) == {"local-2": "ok"}
    assert snapshot() == kept


def test_a_new_title_fetches_nothing_again(server, workspace: Path, clip: Path):
    url = server.serve("/a.mp4", server.whole(clip.read_bytes()), server.status(410))
    assert run(Video("web", url, "One")) == {"web": "ok"}
    assert run(Video("web", url, "Two")) == {"web": "ok"}
    assert read_json(OUT / "web.json")["title"] == "Two"
    assert len(server.requests) == 1


def test_a_damaged_file_is_fetched_again(server, workspace: Path, clip: Path):
    url = server.serve("/a.mp4", server.whole(clip.read_bytes()))
    run(Video("web", url))
    (OUT / "web.mp4").write_bytes(b"torn")
    assert run(Video("web", url)) == {"web": "ok"}
    assert (OUT / "web.mp4").read_bytes() == clip.read_bytes()


def test_the_limit_on_duration_filters_and_a_raised_one_takes_up_again(set_params, local: Video):
    set_params(max_duration=1.5)
    outcome = run(local)["local-1"]
    assert outcome.startswith("filtered longer than download.max_duration")
    assert Ledger("download").records["local-1"].score == pytest.approx(2.0, abs=0.1)
    assert not list(OUT.iterdir())
    set_params(max_duration=60.0)
    assert run(local) == {"local-1": "ok"}


def test_every_source_has_its_outcome(server, workspace: Path, local: Video, clip: Path):
    data = clip.read_bytes()
    page = (
        f'<html><title>From the site</title><video src="{server.serve("/m.mp4", server.whole(data))}"></video></html>'
    )
    videos = [
        local,
        Video("site", server.serve("/watch", server.whole(page.encode(), kind="text/html", etag=""))),
        Video("web", server.serve("/w.MP4", server.whole(data))),
        Video(
            "flaky",
            server.serve("/f.mp4", server.status(503), server.whole(data, drop_after=70_000), server.whole(data)),
        ),
        Video("gone", server.serve("/g.mp4", server.status(404))),
        Video("down", server.serve("/d.mp4", server.status(503))),
        Video("empty", server.serve("/e.mp4", server.whole(b""))),
        Video("text", server.serve("/t.mp4", server.whole(b"not a video at all"))),
        Video("folder", "clips"),
        Video("device", "/dev/zero"),
    ]
    outcomes = run(*videos)
    assert [name for name, outcome in outcomes.items() if outcome == "ok"] == ["local-1", "site", "web", "flaky"]
    reasons = {"gone": "404", "down": "503", "empty": "empty file", "text": "not a video", "folder": "folder"}
    assert all(reason in outcomes[name] for name, reason in reasons.items())
    assert "regular" in outcomes["device"]
    assert {path.name for path in OUT.iterdir()} == {
        *("local-1.mov", "local-1.json", "site.mp4", "site.json", "web.mp4", "web.json", "flaky.mp4", "flaky.json")
    }
    assert read_json(OUT / "site.json")["title"].startswith("From the site")
    assert Ledger("download").records["down"].attempts == 3
    assert Ledger("download").records["gone"].attempts == 1


def test_beside_a_published_release_no_video_is_enough(set_params, workspace: Path):
    params = Path("params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("published: null", "published: data/published"))
    run()
    assert not Ledger("download").records


def test_the_budget_and_mistakes_stop_the_stage_and_delete_nothing(set_params, workspace: Path, local: Video):
    run(local)
    before = snapshot()
    with pytest.raises(UserError, match="lists no videos"):
        run()
    with pytest.raises(UserError, match="tidies up"):
        run(local, Video("own", "data/download/local-1.mov"))
    CATALOG.write_text("nonsense")
    with pytest.raises(UserError, match="missing columns"):
        main()
    assert snapshot() == before
    set_params(failure_budget=0.0)
    with pytest.raises(StageFailed, match="1 of 2 items failed"):
        run(local, Video("gone", "nowhere.mp4"))
    assert snapshot() == before


def test_a_sample_clip_brings_its_truth(workspace: Path):
    assert run(Video("sample-03", "sample:3", "Sample 3")) == {"sample-03": "ok"}
    assert {path.suffix for path in OUT.glob("sample-03.*")} >= {".mp4", ".json"}
    assert (OUT / "sample-03.truth.json").exists()
    assert 24 <= read_json(OUT / "sample-03.json")["duration"] <= 40


def test_the_command_runs_with_processes(set_params, local: Video):
    set_params(engine="processes")
    write_catalog(CATALOG, [local, change(local, video_id="local-2"), Video("gone", "nowhere.mp4")])
    done = subprocess.run([sys.executable, "-m", "muvisync.download"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(OUT.iterdir())) == 4
    assert "no such file" in done.stderr


def test_all_shared_media_end_with_an_outcome(workspace: Path, shared_media: Path):
    files = [path for name in ("good", "bad") for path in sorted((shared_media / name).iterdir())]
    names = {f"v{number}": path.name for number, path in enumerate(files)}
    outcomes = run(*(Video(f"v{number}", str(path)) for number, path in enumerate(files)))
    failed = {names[name]: outcome for name, outcome in outcomes.items() if outcome != "ok"}
    assert set(failed) == {"header-only.flv", "no-moov.mp4", "zero-bytes.mp4"}
    assert failed["zero-bytes.mp4"] == "failed empty file"
    assert read_json(OUT / f"v{files.index(shared_media / 'bad' / 'no-duration.webm')}.json")["duration"] > 1
