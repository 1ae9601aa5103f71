"""What the scheduled job finds new: files of a folder, lines of a list, a release that changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from muvisync.catalog import CATALOG, read_catalog
from muvisync.errors import UserError
from muvisync.params import Params, load_params
from muvisync.retrain.news import add_news, look_for_news, remember_release

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml").model_dump()


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    return tmp_path


def params(**retrain: str) -> Params:
    return Params.model_validate(PARAMS | {"retrain": PARAMS["retrain"] | retrain})


@pytest.fixture
def serve() -> Iterator[Callable[[str, str], str]]:
    """Serve one text under an ETag; the function sets both and returns the address."""
    answer = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer["text"])))
            self.send_header("ETag", answer["tag"])
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(answer["text"].encode())

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def tell(text: str, tag: str) -> str:
        answer.update(text=text, tag=f'"{tag}"')
        return f"http://127.0.0.1:{server.server_port}/list.txt"

    yield tell
    server.shutdown()


def test_new_files_of_a_folder_join_the_catalog_once(workspace: Path):
    for name in ("b.mp4", "deep/a.mov", "notes.md", "half.mp4.part", ".hidden.mp4"):
        path = workspace / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (workspace / "inbox/empty.mp4").touch()
    news = look_for_news(params(watch="inbox"))
    assert [video.source for video in news.videos] == ["inbox/b.mp4", "inbox/deep/a.mov"]
    assert news.problems == ["inbox/empty.mp4: an empty file"]
    add_news(news)
    assert read_catalog(CATALOG) == news.videos
    assert not look_for_news(params(watch="inbox"))
    (workspace / "inbox/c.webm").write_bytes(b"x")
    assert [video.source for video in look_for_news(params(watch="inbox")).videos] == ["inbox/c.webm"]


def test_a_list_names_sources_and_files_beside_it(workspace: Path):
    (workspace / "inbox/a.mp4").write_bytes(b"x")
    (workspace / "inbox/list.txt").write_text("# ours\n\nsample:3\na.mp4\nhttps://example.org/b.mp4\n")
    found = look_for_news(params(watch="inbox/list.txt")).videos
    assert [video.source for video in found] == ["sample:3", "inbox/a.mp4", "https://example.org/b.mp4"]


def test_a_list_behind_an_address(serve):
    url = serve("https://example.org/b.mp4\nsample:1\n", "1")
    assert [video.source for video in look_for_news(params(watch=url)).videos] == [
        "https://example.org/b.mp4",
        "sample:1",
    ]
    serve("/etc/passwd\n", "2")
    with pytest.raises(UserError, match="can't name files of this machine"):
        look_for_news(params(watch=url))


@pytest.mark.parametrize("watch", ["nowhere", "http://127.0.0.1:9/list.txt"])
def test_what_is_not_there_is_named(watch: str):
    with pytest.raises(UserError, match=watch):
        look_for_news(params(watch=watch))


def test_a_release_is_news_until_it_is_remembered_and_when_it_changes(workspace: Path, serve):
    zipped = workspace / "release.zip"
    zipped.write_bytes(b"one")
    for source in (str(zipped), serve("one", "1")):
        news = look_for_news(params(release=source))
        assert news.release == source
        remember_release(news)
        assert not look_for_news(params(release=source))
    serve("two", "2")
    assert look_for_news(params(release=source))
    remember_release(look_for_news(params(release=str(zipped))))
    os.utime(zipped, (1, 1))
    assert look_for_news(params(release=str(zipped)))
