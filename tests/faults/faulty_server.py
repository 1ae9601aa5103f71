"""A server whose first answers for every good file are faults, a fixed sequence of them."""

from __future__ import annotations

import itertools
import random
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.faults.clips import HOSTILE_LENGTH

FAULTS = ("drop", "503", "429", "wrong length", "reset", "drop", "503 later")
_SLOW = 0.06  # seconds a request takes, so that there is something to kill


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        time.sleep(random.uniform(0.5, 1.5) * _SLOW)
        kind, path = self.server.files.get(self.path.strip("/").removesuffix(".mp4"), ("gone", None))
        if kind == "gone":
            return self.head(404, Content_Length=0)
        if kind == "huge":
            self.head(200, Content_Length=HOSTILE_LENGTH, Content_Type="video/mp4")
            return self.cut()
        data = path.read_bytes()
        fault = self.server.next_fault(self.path) if kind == "good" else None
        return self.misbehave(fault, data) if fault else self.send(data, "text/html" if kind == "page" else "video/mp4")

    def misbehave(self, fault: str, data: bytes) -> None:
        if fault in ("503", "503 later"):
            later = {"Retry_After": 0} if fault == "503 later" else {}
            return self.head(503, Content_Length=0, **later)
        if fault == "429":
            return self.head(429, Content_Length=0, Retry_After=0)
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return self.cut()
        return self.send(data, "video/mp4", stop_at=0.5, promise=1000 if fault == "wrong length" else 0)

    def send(self, data: bytes, kind: str, stop_at: float = 1.0, promise: int = 0) -> None:
        """The file or the rest of it; only `stop_at` of that, though `promise` bytes more are announced."""
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        more = {"Content_Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        body = data[start:]
        length = len(body) + promise
        self.head(206 if start else 200, Content_Length=length, Content_Type=kind, ETag='"1"', **more)
        self.wfile.write(body[: int(len(body) * stop_at)])
        if stop_at < 1.0:
            self.cut()

    def head(self, code: int, **headers: object) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def cut(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.close() if self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER) else None

    def log_message(self, *args: object) -> None:
        """Quiet."""


class FaultServer:
    """Serves `files`, id -> (kind, file), from a thread of this process; `injected` counts the faults by kind."""

    def __init__(self, files: dict[str, tuple[str, Path]], faults_per_file: int) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *about: None  # clients die here on purpose
        self._http.files, self._http.next_fault = files, self._next_fault
        self.injected: Counter[str] = Counter()
        self._left: dict[str, int] = {f"/{name}.mp4": faults_per_file for name in files}
        self._cycle, self._lock = itertools.cycle(FAULTS), threading.Lock()
        threading.Thread(target=self._http.serve_forever, args=[0.05], daemon=True).start()

    def url(self, name: str) -> str:
        """Address of a file."""
        return f"http://127.0.0.1:{self._http.server_port}/{name}.mp4"

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()

    def _next_fault(self, path: str) -> str | None:
        with self._lock:
            if not self._left.get(path):
                return None
            self._left[path] -= 1
            fault = next(self._cycle)
            self.injected[fault] += 1
            return fault
