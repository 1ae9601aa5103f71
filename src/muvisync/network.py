"""Manners on the network: no address is connected to that is not public, and no host is asked too often.

The addresses are checked where Python connects a socket, so the check sees the address itself: redirects, names that
change their address between two look-ups, and libraries with their own client (yt-dlp) can't go round it. A program
that is started (ffmpeg) could: it gets no network protocols.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from muvisync.errors import Permanent, Transient

TURNS = Path("data/cache/turns")
_PATIENCE = 300.0  # seconds; for a longer rest nobody waits, the next run asks again
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Permanent):
    """The address is not public."""


@dataclass(frozen=True)
class Manners:
    """How the network is used: requests a minute to one host (0: any number), and whether to private addresses too."""

    requests_per_minute: float
    allow_private: bool

    def before(self, url: str) -> None:
        """Wait for this machine's turn to ask the host of `url`.

        Raises:
            AddressRefused: a proxy would be asked for a host whose address is not public.
            Transient: the host has asked for a rest of more than 5 minutes.
        """
        if not self.allow_private and _proxy_of(url):
            _check_host(urlsplit(url).hostname or "")
        with _turn(url) as stream:
            rest = _number(stream.read()) - time.time()
            if rest > _PATIENCE:
                raise Transient(f"the server asked to be left alone for another {rest:.0f} s", wait=rest)
            time.sleep(max(0.0, rest))  # with the lock held: the others queue behind
            pause = 60.0 / self.requests_per_minute if self.requests_per_minute else 0.0
            _write(stream, time.time() + pause)

    def rest(self, url: str, seconds: float) -> None:
        """The host of `url` asked to be left alone (Retry-After): all workers obey, not only the one it told."""
        with _turn(url) as stream:
            _write(stream, max(_number(stream.read()), time.time() + seconds))

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """While this is open, no socket of this process connects to an address that is not public."""
        global _watch
        _listen()
        before, _watch = _watch, Watch(self.allow_private, _proxies())
        try:
            yield _watch
        finally:
            _watch = before


@dataclass
class Watch:
    """What happened while it watched: `refused` is the last refusal."""

    allow_private: bool
    proxies: frozenset[str]
    refused: AddressRefused | None = field(default=None)

    def check(self, address: object) -> None:
        """Raise AddressRefused for a socket address that is not public."""
        if self.allow_private or not isinstance(address, tuple) or str(address[0]) in self.proxies:
            return
        if not is_public(str(address[0])):
            self.refused = AddressRefused(
                f"{address[0]} is not a public address; download.allow_private: true allows it"
            )
            raise self.refused


_watch: Watch | None = None


@cache
def _listen() -> None:
    # can't be undone, so it asks first whether anybody watches
    sys.addaudithook(lambda event, args: _on_connect(args) if event == "socket.connect" and _watch else None)


def _on_connect(args: tuple[Any, ...]) -> None:
    if _watch:
        _watch.check(args[1])


def is_public(address: str) -> bool:
    """Whether an IP address, also one that carries an IPv4 address in it, is reachable from everywhere."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else inner
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _check_host(host: str) -> None:
    for address in _addresses(host):
        if not is_public(address):
            raise AddressRefused(
                f"{host} is at {address}, not a public address; download.allow_private: true allows it"
            )


def _addresses(host: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except OSError:
        return set()  # whoever connects will say so


def _proxy_of(url: str) -> str | None:
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _proxies() -> frozenset[str]:
    hosts = {urlsplit(proxy).hostname for proxy in getproxies().values() if "://" in proxy}
    return frozenset(address for host in hosts if host for address in _addresses(host))


@contextmanager
def _turn(url: str) -> Iterator[Any]:
    """The file with the time of the host's next turn, locked; the kernel frees the lock of a killed process."""
    host = urlsplit(url).netloc.lower()
    TURNS.mkdir(parents=True, exist_ok=True)
    with (TURNS / hashlib.sha256(host.encode()).hexdigest()[:16]).open("a+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        yield stream


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0  # new, or torn by a kill


def _write(stream: Any, value: float) -> None:
    stream.seek(0)
    stream.truncate()
    stream.write(f"{value:.3f}")
    stream.flush()
