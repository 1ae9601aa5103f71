"""A web server that misbehaves on demand.

pytest runs with importlib imports, so that tests can't share a module: what they share is a fixture.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

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
