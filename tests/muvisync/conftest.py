"""A web server that misbehaves on demand, and a small release in the published layout.

pytest runs with importlib imports, so that tests can't share a module: what they share is a fixture.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from muvisync.chords import CHORDS, normalise, parse_key
from muvisync.files import write_json

LOOP = ("D:min", "A#", "F", "C:7")

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request; `server.answers[path]` is a queue of answers whose last one stays."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.requests.append((path, dict(self.headers)))
        queue = self.server.answers[path]
        answer = (queue.pop(0) if len(queue) > 1 else queue[0]) if queue else FaultyServer.status(404)
        answer(self)

    def do_HEAD(self) -> None:
        self.do_GET()

    def head(self, code: int, **headers: object) -> None:
        """Send the status line and the headers."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def cut(self) -> None:
        """End the connection in the middle."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args: object) -> None:
        """Quiet."""


class FaultyServer:
    """Runs in threads of this process; `requests` lists what was asked for."""

    def __enter__(self) -> FaultyServer:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *about: None  # clients hang up here on purpose
        self._http.answers, self._http.requests = defaultdict(list), []
        threading.Thread(target=self._http.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def requests(self) -> list[tuple[str, dict[str, str]]]:
        """(path, headers) of every request so far."""
        return self._http.requests

    def serve(self, path: str, *answers: Answer) -> str:
        """Answer requests for `path` with these, one after the other; the last stays. Returns the address."""
        self._http.answers[path] = list(answers)
        return f"http://127.0.0.1:{self._http.server_port}{path}"

    @staticmethod
    def whole(data: bytes, kind: str = "video/mp4", etag: str = '"one"', drop_after: int | None = None) -> Answer:
        """The file, with ranges as asked for; `drop_after` bytes of the body the connection ends."""

        def _answer(request: Handler) -> None:
            wanted = request.headers.get("Range", "")
            same = etag and request.headers.get("If-Range", etag) == etag
            start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted and same else 0
            body = data[start:]
            more = {"Content_Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
            more |= {"ETag": etag} if etag else {}
            request.head(206 if start else 200, Content_Type=kind, Content_Length=len(body), **more)
            if request.command == "HEAD":
                return
            request.wfile.write(body[:drop_after])
            if drop_after is not None and drop_after < len(body):
                request.cut()

        return _answer

    @staticmethod
    def status(code: int, **headers: object) -> Answer:
        """An empty answer with a status."""
        return lambda request: request.head(code, Content_Length=0, **headers)

    @staticmethod
    def redirect(target: str) -> Answer:
        """302 to `target`."""
        return FaultyServer.status(302, Location=target)

    @staticmethod
    def late(seconds: float) -> Answer:
        """Silence, then the end of the connection."""

        def _answer(request: Handler) -> None:
            time.sleep(seconds)
            request.cut()

        return _answer

    @staticmethod
    def endless(kind: str = "video/mp4") -> Answer:
        """Bytes without a length and without an end."""

        def _answer(request: Handler) -> None:
            request.head(200, Content_Type=kind, Transfer_Encoding="chunked")
            try:
                while True:
                    request.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
            except OSError:
                request.close_connection = True

        return _answer

    @staticmethod
    def promise(length: int, body: bytes = b"") -> Answer:
        """A Content-Length of `length`, then only `body`."""

        def _answer(request: Handler) -> None:
            request.head(200, Content_Type="video/mp4", Content_Length=length)
            request.wfile.write(body)
            request.cut()

        return _answer


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A web server on this machine; tell it what to answer with `server.serve(path, answer, ...)`."""
    with FaultyServer() as running:
        yield running


@pytest.fixture
def make_release() -> Callable[..., Path]:
    """Write a release of a few songs in the published layout."""
    return _make_release


def _make_release(folder: Path, seconds: int = 8) -> Path:
    """Songs 001 and 002 (train), 003 (val), 004 (test), 005 (in no split)."""
    numbers = np.random.default_rng(0)
    splits = {"train": ["001", "002"], "val": ["003"], "test": ["004"]}
    for split, songs in splits.items():
        _write(folder / f"vevo_meta/split/v1/{split}.txt", songs)
    names = [f"{song:03d}" for song in range(1, 6)]
    _write(folder / "vevo_meta/idlist.txt", [f"{song}-Artist - Song {song} (Live)\tYouTube{song}x" for song in names])
    write_json(folder / "vevo_meta/chord.json", {label: place for place, label in enumerate(CHORDS)})
    (folder / "vevo_meta/.DS_Store").write_bytes(b"\0")
    for song in names:
        _write_song(folder, song, seconds, numbers)
    return folder


def _write_song(folder: Path, song: str, seconds: int, numbers: np.random.Generator) -> None:
    chords = [LOOP[second // 2 % 4] for second in range(seconds)]
    home = parse_key("D minor")
    plain = {
        "vevo_chord/lab_v2": ["key D minor", *(f"{s} {chord}" for s, chord in enumerate(chords))],
        "vevo_chord/lab_v2_norm": ["key A minor", *(f"{s} {normalise(c, home)}" for s, c in enumerate(chords))],
        "vevo_motion": [f"{s} {value:.4f}" for s, value in enumerate(numbers.uniform(1, 20, seconds))],
        "vevo_loudness": [f"{s} {value:.4f}" for s, value in enumerate(numbers.uniform(0.05, 0.3, seconds))],
        "vevo_note_density": [f"{s} {value:.1f}" for s, value in enumerate(numbers.integers(0, 20, seconds))],
        "vevo_scene_offset": [f"{s} {s % 3}" for s in range(seconds)],
        "vevo_emotion/6c_l14p": [
            "time exciting_prob fearful_prob tense_prob sad_prob relaxing_prob neutral_prob",
            # the picture ends a second before the sound, as in a third of the real songs
            *(f"{s} 0.5000 0.1000 0.1000 0.1000 0.1000 0.1000" for s in range(seconds - 1)),
        ],
    }
    for name, lines in plain.items():
        _write(folder / name / "all" / f"{song}.lab", lines)
    semantic = folder / f"vevo_semantic/all/2d/clip_l14p/{song}.npy"
    semantic.parent.mkdir(parents=True, exist_ok=True)
    np.save(semantic, numbers.normal(0, 0.7, (seconds - 1, 768)).astype(np.float32))


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
