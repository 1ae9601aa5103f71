"""`muvisync add`: ids, duplicates, and nothing half added."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muvisync.catalog import CATALOG, Video, read_catalog
from muvisync.cli.add import add
from muvisync.errors import UserError
from muvisync.new_videos import source_to_id


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "it's & that.mov").write_bytes(b"x")
    return tmp_path


def test_adds_rows_and_says_what_is_next(capsys: pytest.CaptureFixture):
    add(["clips/it's & that.mov"], title="A  title", license="CC0-1.0", tags="one two")
    add(["https://example.org/some%20clip.mp4", "sample:3"])
    first, second, third = read_catalog()
    assert first == Video(first.video_id, "clips/it's & that.mov", "A title", "CC0-1.0", "one two")
    assert re.fullmatch(r"it-s-that-[0-9a-f]{8}", first.video_id)
    assert re.fullmatch(r"some-clip-[0-9a-f]{8}", second.video_id)
    assert (second.title, third.video_id) == ("some clip", "sample-03")
    said = capsys.readouterr().out
    assert f"added {first.video_id}: clips/it's & that.mov" in said
    assert "lists 3 videos now. Next: `muvisync run`" in said


@pytest.mark.parametrize(
    ("source", "pattern"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=4", r"dQw4w9WgXcQ-[0-9a-f]{8}"),
        ("https://example.org/videos/123456", r"123456-[0-9a-f]{8}"),
        ("https://example.org", r"example-org-[0-9a-f]{8}"),
        ("clips/Ünïcode Ñame.mp4", r"Unicode-Name-[0-9a-f]{8}"),
        ("clips/音楽.mp4", r"video-[0-9a-f]{8}"),
        (f"clips/{'x' * 200}.mp4", r"x{40}-[0-9a-f]{8}"),
        ("sample:11", r"sample-11"),
    ],
)
def test_ids_are_readable_and_stable(source: str, pattern: str):
    assert re.fullmatch(pattern, source_to_id(source))
    assert source_to_id(source) == source_to_id(source)


def test_the_id_of_a_source_never_changes():
    # such ids are in other people's catalogues and splits
    assert source_to_id("https://example.org/clip.mp4") == source_to_id("HTTPS://EXAMPLE.ORG/clip.mp4#t=1")
    assert source_to_id("clips/one.mp4") == "one-fb9da118"


def test_ids_differ_for_equal_names():
    assert len({source_to_id(source) for source in ("a/clip.mp4", "b/clip.mp4", "http://h/clip.mp4", "clip.mov")}) == 4


def test_a_file_in_the_workspace_keeps_its_id_when_the_workspace_moves(workspace: Path):
    add([str(workspace / "clips" / "it's & that.mov")])
    assert read_catalog()[0].source == "clips/it's & that.mov"
    assert read_catalog()[0].video_id == source_to_id("clips/it's & that.mov")


def test_every_problem_is_named_and_nothing_is_added(workspace: Path):
    add(["sample:3", "https://example.org/a.mp4"])
    before = CATALOG.read_bytes()
    (workspace / "empty.mp4").touch()
    bad = [
        "sample:3",
        "https://EXAMPLE.org/a.mp4#x",
        "nowhere.mp4",
        "clips",
        "empty.mp4",
        "file:///a.mp4",
        "sample:5",
        "sample:5",
    ]
    with pytest.raises(UserError) as caught:
        add([*bad, "sample:6"])
    message = str(caught.value)
    assert len(message.splitlines()) == 1 + 7
    for words in (
        "already in the catalogue as sample-03",
        "no such file",
        "a folder",
        "an empty file",
        "without file:",
    ):
        assert words in message
    assert CATALOG.read_bytes() == before


def test_a_taken_id_is_not_given_away():
    CATALOG.parent.mkdir()
    CATALOG.write_text("video_id,source,title,license,tags\nSAMPLE-04,sample:9,,,\n")
    with pytest.raises(UserError, match="taken by another source"):
        add(["sample:4"])


def test_one_title_is_for_one_video():
    with pytest.raises(UserError, match="one video"):
        add(["sample:1", "sample:2"], title="Both")


def test_works_as_a_command():
    app = typer.Typer()
    app.command()(add)
    done = CliRunner().invoke(app, ["sample:1", "sample:2", "--license", "CC0-1.0", "--tags", "x y"])
    assert done.exit_code == 0, done.output
    assert [(video.license, video.tags) for video in read_catalog()] == [("CC0-1.0", "x y")] * 2
    assert CliRunner().invoke(app, []).exit_code == 2
