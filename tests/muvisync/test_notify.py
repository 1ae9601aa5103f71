"""The webhook: what arrives, when it is tried again, and that a failure names no secret."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from muvisync.notify import NotifyError, post_webhook

OUTCOME = {"text": "MuViSync: candidate 0003 promoted", "outcome": "promote", "figures": {"hits1": math.nan, "n": [1]}}


class Receiver:
    """Answers with `answers`, the last one from then on; `got` are the bodies, None for a GET."""

    def __init__(self) -> None:
        self.answers, self.got = [200], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/json"
                receiver.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                receiver.got.append(None)

            def log_message(self, *about: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/services/secret"
        threading.Thread(target=self.http.serve_forever, args=[0.01], daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.http.shutdown()
    running.http.server_close()


def test_the_outcome_arrives_as_json_at_the_third_attempt(receiver):
    receiver.answers = [503, 429, 200]
    post_webhook(receiver.address, OUTCOME, pause=0)
    assert receiver.got == [OUTCOME | {"figures": {"hits1": None, "n": [1]}}] * 3


@pytest.mark.parametrize(("status", "attempts"), [(404, 1), (302, 1), (500, 3)])
def test_a_receiver_that_does_not_take_it(receiver, status, attempts):
    receiver.answers = [status]
    with pytest.raises(NotifyError, match=f"answered {status}; see retrain.webhook") as caught:
        post_webhook(receiver.address, OUTCOME, pause=0)
    assert len(receiver.got) == attempts and "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://127.0.0.1:9/secret", "ConnectionError"), ("hook/secret", "address is none"), ("", "address is none")],
)
def test_nobody_there(address, words):
    with pytest.raises(NotifyError, match=words) as caught:
        post_webhook(address, OUTCOME, pause=0)
    assert "secret" not in str(caught.value)
