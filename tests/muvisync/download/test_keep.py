"""download.keep: false: media pass by, their hash and metadata stay."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from muvisync.catalog import CATALOG, Video, write_catalog
from muvisync.download.__main__ import main
from muvisync.errors import Permanent, UserError
from muvisync.ledger import Ledger
from muvisync.media import PASSING, WANTED, described, find_media, forget_extracted, refuse_missing, wanted
from muvisync.params import RunParams
from muvisync.stage import Done, Item, Plan, run_items

OUT = Path("data/download")
retry_command = import_module("muvisync.cli.retry")
RUN = RunParams(engine="serial", workers=1, attempts=1, backoff=0.0, item_timeout=60.0)


@pytest.fixture
def videos(server, workspace: Path, clip: Path, set_params) -> list[Video]:
    """Two clips of a server, which counts how often it is asked."""
    set_params(keep="false")
    return [Video(name, server.serve(f"/{name}.mp4", server.whole(clip.read_bytes()))) for name in "ab"]


def download(videos: list[Video]) -> None:
    write_catalog(CATALOG, videos)
    main()


def extract(stage: str, uses: str = "", broken: str = "") -> None:
    """A stage that reads every media file and writes its size."""

    def _work(item: Item) -> Done:
        if item.id == broken:
            raise Permanent("broken")
        path = Path(f"data/{stage}/{item.id}.txt")
        path.write_text(f"{find_media(item.payload['media']).stat().st_size} {uses}")
        return Done([path])

    items = [Item(m["video_id"], m["sha256"], {"media": m["media"]}, str(find_media(m["media"]))) for m in described()]
    run_items(Plan(stage, Path(f"data/{stage}"), {"uses": uses}, RUN, 1.0), items, _work)


def media() -> set[str]:
    return {path.name for folder in (OUT, PASSING) for path in folder.glob("*.mp4")}


def test_media_pass_by_and_leave_their_hash(server, videos: list[Video], clip: Path):
    download(videos)
    assert {path.name for path in OUT.iterdir()} == {"a.json", "b.json"}
    assert {path.name for path in PASSING.iterdir()} == {"a.mp4", "b.mp4"}
    before = {path.name: path.read_bytes() for path in OUT.iterdir()}
    extract("transcribe")
    assert forget_extracted("dataset") == []  # the picture has not been looked at yet
    extract("video")
    assert forget_extracted("dataset") == ["a", "b"]
    assert media() == set()
    assert json.loads(before["a.json"])["sha256"]
    for _ in range(2):
        download(videos)
        extract("transcribe")
        extract("video")
    assert {path.name: path.read_bytes() for path in OUT.iterdir()} == before
    assert len(server.requests) == 2 and len(Ledger("download").of_status("ok")) == 2


def test_media_of_failed_items_stay(videos: list[Video]):
    download(videos)
    extract("transcribe")
    extract("video", broken="a")
    assert forget_extracted("dataset") == ["b"]
    assert media() == {"a.mp4"}


def test_a_later_need_for_media_is_refused_with_the_next_step_and_changes_nothing(server, videos: list[Video]):
    download(videos)
    for stage in ("transcribe", "video"):
        extract(stage)
    forget_extracted("dataset")
    ledger, features = Path("data/ledger/video.jsonl").read_bytes(), Path("data/video/a.txt").read_bytes()
    with pytest.raises(UserError, match=r"media of 2 video\(s\) \(a, b\).*keep: false.*retry --stage download"):
        extract("video", uses="another encoder")
    assert Path("data/ledger/video.jsonl").read_bytes() == ledger
    assert Path("data/video/a.txt").read_bytes() == features
    extract("video")  # the change taken back: all is as before
    # what `muvisync retry --stage download` does
    assert Ledger("download").retry(wanted()) == ["a", "b"]
    download(videos)
    assert len(server.requests) == 4
    extract("video", uses="another encoder")
    assert forget_extracted("dataset") == ["a", "b"]
    assert media() == set() and wanted() == set() and WANTED.exists()


def test_a_new_video_does_not_bring_back_the_old_ones(server, videos: list[Video], clip: Path):
    download(videos)
    for stage in ("transcribe", "video"):
        extract(stage)
    forget_extracted("dataset")
    more = Video("c", server.serve("/c.mp4", server.whole(clip.read_bytes())))
    renamed = Video("a", videos[0].source, "A new title")
    download([renamed, videos[1], more])
    assert media() == {"c.mp4"} and len(server.requests) == 3
    assert json.loads((OUT / "a.json").read_text())["title"] == "A new title"
    for stage in ("transcribe", "video"):
        extract(stage)
    assert forget_extracted("dataset") == ["c"]


def test_a_video_that_leaves_takes_its_media_along(videos: list[Video]):
    download(videos)
    (PASSING / ".b.draft.mp4").write_bytes(b"of a killed run")
    download(videos[:1])
    assert [path.name for path in PASSING.iterdir()] == ["a.mp4"]


def test_the_mode_can_be_changed_and_fetches_only_what_is_gone(server, videos: list[Video], set_params):
    set_params(keep="true")
    download(videos)
    set_params(keep="false")
    download(videos)
    assert {path.name for path in PASSING.iterdir()} == {"a.mp4", "b.mp4"} and len(server.requests) == 2
    extract("transcribe")
    extract("video", broken="b")
    forget_extracted("dataset")
    set_params(keep="true")
    download(videos)
    assert {path.name for path in OUT.glob("*.mp4")} == {"a.mp4", "b.mp4"} and len(server.requests) == 3
    assert not list(PASSING.iterdir())


def test_retry_takes_up_what_is_wanted_and_lets_dataset_delete_it_again(videos, monkeypatch: pytest.MonkeyPatch):
    started: list[list[str]] = []
    monkeypatch.setattr(retry_command, "start_flow", lambda *args: started.append(list(args)) or 0)
    download(videos)
    with pytest.raises(UserError, match="media of 1"):
        refuse_missing("video", ["a"])
    with pytest.raises(SystemExit):
        retry_command.retry("download")
    assert started == [["pipeline", "--force", "download", "--force", "dataset"]]
    assert Ledger("download").records["a"].status == "pending"
