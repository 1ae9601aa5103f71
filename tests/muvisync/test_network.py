"""Manners: no private address is connected to, whoever connects; hosts are asked in turn, and left alone on request."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from muvisync import network
from muvisync.download.site import page_to_file
from muvisync.errors import Permanent, Transient
from muvisync.http import url_to_file
from muvisync.network import TURNS, AddressRefused, Manners, is_public
from muvisync.parallel import map_items
from muvisync.params import load_params

ROOT = Path(__file__).parents[2]
STRICT = Manners(0.0, allow_private=False)
PRIVATE = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::10.0.0.1", "not an address",
)  # fmt: skip
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8")


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def second_address_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1, where the test's server is, counts as public; 127.0.0.2 does not."""
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")


def fetch(url: str, manners: Manners = STRICT) -> None:
    url_to_file(url, Path("media"), max_bytes=10_000_000, timeout=2.0, manners=manners)


def test_which_addresses_are_public():
    assert [address for address in PRIVATE if is_public(address)] == []
    assert [address for address in PUBLIC if not is_public(address)] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_refused_however_it_is_written(server, host: str):
    url = server.serve("/a.mp4", server.whole(b"secret"))
    with pytest.raises(Permanent, match=r"not a public address; download\.allow_private: true") as caught:
        fetch(url.replace("127.0.0.1", host))
    assert isinstance(caught.value, AddressRefused)
    assert server.requests == [] and not Path("media").exists()
    fetch(url, Manners(0.0, allow_private=True))
    assert Path("media").read_bytes() == b"secret"


@pytest.mark.usefixtures("second_address_is_private")
def test_a_redirect_to_a_private_address_is_refused(server):
    inside = server.serve("/b.mp4", server.whole(b"secret")).replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        fetch(server.serve("/a.mp4", server.redirect(inside)))
    fetch(server.serve("/c.mp4", server.whole(b"open")))
    assert Path("media").read_bytes() == b"open"


@pytest.mark.usefixtures("second_address_is_private")
def test_a_name_that_changes_its_address_is_refused(server, monkeypatch: pytest.MonkeyPatch):
    """DNS rebinding: what counts is the address connected to, not one that was looked up before."""
    answers, look_up = ["127.0.0.1", "127.0.0.2"], socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: look_up(answers.pop(0) if host == "rebind.test" else host, *a, **k)
    )
    url = server.serve("/a.mp4", server.redirect("/a.mp4")).replace("127.0.0.1", "rebind.test")
    server.serve("/a.mp4", server.status(302, Location=url.replace("/a.mp4", "/b.mp4"), Connection="close"))
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        fetch(url)
    assert [path for path, _ in server.requests] == ["/a.mp4"]


@pytest.mark.usefixtures("second_address_is_private")
@pytest.mark.parametrize("how", ["page", "redirect", "media"])
def test_a_site_can_not_lead_to_a_private_address(server, how: str):
    section = load_params(ROOT / "params.yaml").download.model_copy(update={"requests_per_minute": 0.0})
    inside = server.serve("/inside.mp4", server.whole(b"secret")).replace("127.0.0.1", "127.0.0.2")
    html = f'<html><title>t</title><video src="{inside}"></video></html>'.encode()
    page = server.serve("/watch", server.whole(html, kind="text/html", etag=""))
    urls = {"page": page.replace("127.0.0.1", "127.0.0.2"), "media": page}
    urls["redirect"] = server.serve("/go", server.redirect(urls["page"]))
    with pytest.raises(Permanent, match="not a public address"):
        page_to_file(urls[how], Path.cwd(), section)
    assert not any(path == "/inside.mp4" for path, _ in server.requests)


def test_behind_a_proxy_the_host_is_looked_up_first(server, monkeypatch: pytest.MonkeyPatch):
    proxy = server.serve("/", server.whole(b"")).rstrip("/")
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        fetch("http://10.0.0.1/a.mp4")
    with pytest.raises(Permanent, match="404"):  # the proxy itself may be private
        fetch("http://93.184.216.34/a.mp4")
    assert len(server.requests) == 1


def test_nobody_watches_afterwards(server):
    with pytest.raises(AddressRefused):
        fetch(server.serve("/a.mp4", server.whole(b"data")))
    url_to_file(server.serve("/a.mp4", server.whole(b"data")), Path("media"), max_bytes=100, timeout=2.0)


def ask(number: int) -> float:
    """Wait for a turn; when it came."""
    Manners(240.0, True).before(f"http://one.test/{number}")
    return time.time()


def test_workers_take_turns_at_a_host():
    times = sorted(time for _, time in map_items(ask, range(6), workers=3))
    assert min(later - before for before, later in pairwise(times)) > 0.2
    started = time.monotonic()
    Manners(1.0, True).before("http://two.test/")
    assert time.monotonic() - started < 0.2  # another host has its own turns


def test_every_hop_is_a_request(server):
    server.serve("/b.mp4", server.whole(b"data"))
    started = time.monotonic()
    fetch(server.serve("/a.mp4", server.redirect("/b.mp4")), Manners(120.0, True))
    assert time.monotonic() - started > 0.45


def test_a_killed_holder_of_the_turn_stops_nobody():
    code = (
        "from muvisync.network import Manners; m = Manners(6.0, True); m.before('http://a.test/'); "
        "print(1, flush=True); m.before('http://a.test/')"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    holder.stdout.readline()
    time.sleep(0.3)  # now it sleeps 10 s, with the lock held
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    next(TURNS.iterdir()).write_text("torn 12")
    started = time.monotonic()
    Manners(6.0, True).before("http://a.test/")
    assert time.monotonic() - started < 1.0


def test_all_workers_leave_a_host_alone_that_asks_for_it(server):
    url = server.serve("/a.mp4", server.status(429, Retry_After=1), server.whole(b"data"))
    with pytest.raises(Transient, match="429"):
        fetch(url, Manners(0.0, True))
    started = time.monotonic()
    fetch(server.serve("/other.mp4", server.whole(b"data")), Manners(0.0, True))
    assert 0.8 < time.monotonic() - started < 5.0


def test_for_a_long_rest_nobody_waits_and_nobody_knocks(server):
    url = server.serve("/a.mp4", server.status(503, Retry_After=4000), server.whole(b"data"))
    with pytest.raises(Transient, match="503"):
        fetch(url, Manners(0.0, True))
    with pytest.raises(Transient, match="left alone") as caught:
        fetch(url, Manners(0.0, True))
    assert 3900 < caught.value.wait <= 4000
    assert len(server.requests) == 1
