"""The catalogue: what is refused, and that every problem is named at once with its line."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest

from muvisync.catalog import (
    CATALOG,
    COLUMNS,
    CatalogError,
    HttpFile,
    LocalFile,
    Sample,
    Site,
    Video,
    local_source,
    parse_source,
    read_catalog,
    resolved,
    source_key,
    write_catalog,
)

HEADER = ",".join(COLUMNS)
ROOT = Path(__file__).parents[2]


def read(folder: Path, *lines: str | bytes) -> list[Video]:
    data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    (folder / "catalog.csv").write_bytes(data)
    return read_catalog(folder / "catalog.csv")


def refusal(folder: Path, *lines: str | bytes) -> str:
    with pytest.raises(CatalogError) as caught:
        read(folder, *lines)
    return str(caught.value)


def test_the_projects_own_catalogue_is_the_sample():
    videos = read_catalog(ROOT / CATALOG)
    assert [video.video_id for video in videos] == [f"sample-{number:02}" for number in range(12)]
    assert [parse_source(video.source) for video in videos] == [Sample(number) for number in range(12)]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("sample:0", Sample(0)),
        ("http://example.org/a.mp4", HttpFile("http://example.org/a.mp4")),
        ("HTTPS://example.org/a/b.WebM?x=1#t", HttpFile("HTTPS://example.org/a/b.WebM?x=1#t")),
        ("https://example.org/watch?v=a.mp4", Site("https://example.org/watch?v=a.mp4")),
        ("https://example.org", Site("https://example.org")),
        ("variable-rate & 'quoted name'.mov", LocalFile(Path("variable-rate & 'quoted name'.mov"))),
        ("/mnt/clips/ü, 100%.mp4", LocalFile(Path("/mnt/clips/ü, 100%.mp4"))),
        ("C:\\clips\\a.mp4", LocalFile(Path("C:\\clips\\a.mp4"))),
        ("./a:b.mp4", LocalFile(Path("a:b.mp4"))),
    ],
)
def test_a_source_tells_its_kind(text: str, source: object):
    assert parse_source(text) == source


@pytest.mark.parametrize(
    "text",
    [
        *("", "sample:", "sample:-1", "sample:x", "sample:1234567", "file:///etc/passwd", "ftp://example.org/a.mp4"),
        *("ytsearch:cats", "concat:a|b", "javascript:alert(1)", "http:///a.mp4", "http://", "https://h:99999/a.mp4"),
        *("https://h:x/a.mp4", "http://[::1/a.mp4", "https://me:secret@example.org/a.mp4", "http://exam ple.org/a.mp4"),
    ],
)
def test_other_sources_are_refused(text: str, tmp_path: Path):
    with pytest.raises(ValueError, match=r"\S"):
        parse_source(text)
    assert "line 2" in refusal(tmp_path, HEADER, f'a,"{text}",,,')


def test_every_problem_is_named_at_once_with_its_line(tmp_path: Path):
    message = refusal(
        tmp_path,
        HEADER,
        "good,sample:1,Fine,,",
        "../../etc/passwd,sample:2,,,",
        "Good,sample:3,,,",
        "no-source,,,,",
        "",
        "a,sample:4,too,many,cells,here",
        'b,sample:5,"two\nlines",,',
        "c,ftp://example.org/x,,,",
        "d,sample:6,\x00,,",
    )
    lines = message.splitlines()
    assert lines[0].endswith("has 7 problem(s):")
    found = {line.split(":")[0].strip() for line in lines[1:]}
    assert found == {"line 3", "line 4", "line 5", "line 7", "line 8", "line 10", "line 11"}
    assert "already on line 2 (as good" in message


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/b", "a\\b", "-a", "_a", ".a", "a.b", "a b", "ä", "a" * 65, "a\x00", "a;rm", "<b>"],
)
def test_ids_that_could_leave_their_folder_are_refused(name: str, tmp_path: Path):
    assert "line 2" in refusal(tmp_path, HEADER, f'"{name}",sample:1,,,')


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("", "missing columns video_id, source, title, license, tags"),
        ("video_id,source", "missing columns title, license, tags"),
        (f"{HEADER},url", "column 'url' is not known"),
        ("video_id,source,title,title,license,tags", "column title is there twice"),
        ("a," * 1_000_000, "1000001 columns"),
        ("sample-00,sample:0,Sample,,", "missing columns"),
    ],
)
def test_other_columns_are_refused(header: str, problem: str, tmp_path: Path):
    message = refusal(tmp_path, header, "a,sample:1,,,")
    assert problem in message
    assert len(message) < 1000


def test_absurd_files_are_refused_in_few_words(tmp_path: Path):
    absurd = {
        "field larger": [HEADER, f"a,{'x' * 200_000},,,"],
        "1000000 columns": [HEADER, "," * 999_999 + "x"],
        "characters; 500": [HEADER, f"a,sample:1,{'x' * 501},,"],
        "line 3: not UTF-8": [HEADER, "a,sample:1,,,", b"b,sample:2,\xff\xfe,,"],
        "double quotes": [HEADER, 'a,"sample:1,,,', "b,sample:2,,,"],
        "and 900 more": [HEADER, *["a,sample:1,,,"] * 1001],
    }
    for words, lines in absurd.items():
        message = refusal(tmp_path, *lines)
        assert words in message
        assert len(message) < 20_000


def test_a_missing_catalogue_says_how_to_start_one(tmp_path: Path):
    with pytest.raises(CatalogError, match="muvisync add"):
        read_catalog(tmp_path / "catalog.csv")
    with pytest.raises(CatalogError, match="can't be read"):
        read_catalog(tmp_path)


def test_what_spreadsheets_write_is_read(tmp_path: Path):
    videos = read(
        tmp_path, f"\ufeff{HEADER}\r", "a , sample:1 ,Ä title,,\r", ",,,,\r", "", '"b","sample:2","say ""hi"", x",,\r'
    )
    assert videos == [Video("a", "sample:1", "Ä title"), Video("b", "sample:2", 'say "hi", x')]
    assert read(tmp_path, "source,tags,license,title,video_id", "sample:1,t,l,x,a") == [
        Video("a", "sample:1", "x", "l", "t")
    ]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_is_read_back(seed: int, tmp_path: Path):
    rng = random.Random(seed)
    letters = string.ascii_letters + string.digits

    def text(limit: int) -> str:
        return "".join(rng.choices(letters + " ,;\"'&<>=äß你🎵|\\%", k=rng.randrange(limit))).strip()

    sources = [f"sample:{rng.randrange(99)}", "https://example.org/a b.mp4".replace(" ", "%20"), f"/clips/{text(30)}x"]
    videos = [
        Video(f"{rng.choice(letters)}{number}-_", rng.choice(sources), text(80), text(20), text(20))
        for number in range(20)
    ]
    path = tmp_path / "catalog.csv"
    write_catalog(path, videos)
    first = path.read_bytes()
    assert read_catalog(path) == videos
    write_catalog(path, videos)
    assert path.read_bytes() == first


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path):
    path = tmp_path / "catalog.csv"
    write_catalog(path, [Video("a", "sample:1")])
    before = path.read_bytes()
    for bad in (
        Video("a", "sample:2"),
        Video("../b", "sample:2"),
        Video("b", ""),
        Video("b", "sample:2", "two\nlines"),
    ):
        with pytest.raises(CatalogError):
            write_catalog(path, [Video("a", "sample:1"), bad])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["catalog.csv"]


def test_local_paths_are_resolved_against_a_folder():
    videos = [
        Video("a", "clips/../a.mp4"),
        Video("b", "/x/b.mp4"),
        Video("c", "sample:1"),
        Video("d", "http://h/d.mp4"),
    ]
    assert [video.source for video in resolved(videos, Path("/data"))] == [
        "/data/a.mp4",
        "/x/b.mp4",
        "sample:1",
        "http://h/d.mp4",
    ]


def test_a_local_source_is_relative_inside_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert local_source(tmp_path / "clips" / "a.mp4") == "clips/a.mp4"
    assert local_source(Path("clips/../aa:b.mp4")) == "./aa:b.mp4"
    assert local_source(Path("/elsewhere/a.mp4")) == "/elsewhere/a.mp4"


def test_the_key_of_a_source_is_the_same_for_the_same_source():
    same = [
        ("http://EXAMPLE.org/a.mp4#t=3", "HTTP://example.org/a.mp4"),
        ("sample:01", "sample:1"),
        ("./b/../a.mp4", "a.mp4"),
    ]
    other = [("http://h/a.mp4", "http://h/A.mp4"), ("http://h/watch?v=1", "http://h/watch?v=2"), ("a.mp4", "b.mp4")]
    assert all(source_key(Video("", one)) == source_key(Video("", two)) for one, two in same)
    assert all(source_key(Video("", one)) != source_key(Video("", two)) for one, two in other)
