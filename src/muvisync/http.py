"""Files over http(s): streamed, resumed after a drop, never longer than the limit; statuses as errors with a policy."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests

from muvisync.errors import Filtered, Permanent, Transient
from muvisync.files import read_json, write_json
from muvisync.network import Manners

_CHUNK = 1 << 16  # bytes; what a drop loses at most
_RESUMES = 20
_REDIRECTS = 10
_AGAIN = {408, 425, 429}
_MEANING = {401: "needs a login", 403: "forbidden", 404: "not found", 410: "removed", 451: "blocked for legal reasons"}
_HOPELESS = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.TooManyRedirects,
)


def url_to_file(url: str, part: Path, *, max_bytes: int, timeout: float, manners: Manners | None = None) -> None:
    """Fetch `url` into `part`; what an earlier call left there is resumed if the server vouches that it is the same.

    Args:
        part: written as the bytes arrive; `<part>.json` beside it remembers whose bytes they are.
        max_bytes: a larger file is refused, before and while it arrives.
        timeout: seconds that the server may stay silent.
        manners: how often a host may be asked, and whether it may be a private one; None: any.

    Raises:
        Transient: time-out, drop, 408, 425, 429, 5xx (with the server's Retry-After).
        Permanent: another status, a page instead of a file, a redirect to something other than http(s), an address
            that is not public.
        Filtered: larger than `max_bytes`.
    """
    with manners.watch() if manners else nullcontext(), _session(manners) as session:
        for _ in range(_RESUMES):
            before = _size(part)
            try:
                return _receive(session, url, part, max_bytes, timeout)
            except Transient as error:
                # a drop on the way is resumed at once; a server that refuses is left alone for a while
                if error.wait is not None or _size(part) <= before:
                    raise
    raise Transient(f"the connection dropped {_RESUMES} times")


def check_size(size: int, max_bytes: int) -> None:
    """Raise Filtered for more bytes than allowed."""
    if size > max_bytes:
        raise Filtered(f"larger than download.max_bytes ({max_bytes / 1e6:.6g} MB)", score=float(size))


def status_error(status: int, headers: Mapping[str, str]) -> Permanent | Transient:
    """The error for an HTTP status of 400 or more: 408, 425, 429 and 5xx may work later, the rest never will."""
    if status >= 500 or status in _AGAIN:
        return Transient(f"the server answered {status}", wait=retry_after(headers.get("Retry-After")))
    return Permanent(f"the server answered {status} ({_MEANING.get(status, 'refused')})")


def retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3); None if there is none."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


class _PoliteAdapter(requests.adapters.HTTPAdapter):
    """Every request goes through here, each hop of a redirect and each resume."""

    def __init__(self, manners: Manners) -> None:
        super().__init__()
        self._manners = manners

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send it when it is its host's turn."""
        self._manners.before(request.url or "")
        response = super().send(request, **options)
        wait = retry_after(response.headers.get("Retry-After"))
        if wait is not None and response.status_code >= 400:
            self._manners.rest(request.url or "", wait)
        return response


def _session(manners: Manners | None) -> requests.Session:
    session = requests.Session()
    session.adapters.clear()  # http and https only, in redirects too
    for scheme in ("http://", "https://"):
        session.mount(scheme, _PoliteAdapter(manners) if manners else requests.adapters.HTTPAdapter())
    session.max_redirects = _REDIRECTS
    # identity: the length and the ranges must count the bytes of the file
    session.headers.update({"User-Agent": "muvisync", "Accept": "*/*", "Accept-Encoding": "identity"})
    return session


def _receive(session: requests.Session, url: str, part: Path, max_bytes: int, timeout: float) -> None:
    with _as_policy(), session.get(url, headers=_range(url, part), stream=True, timeout=timeout) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            part.unlink(missing_ok=True)
            raise Transient("the file changed on the server")
        if response.status_code >= 400:
            raise status_error(response.status_code, response.headers)
        _refuse_page(response)
        start = _start(response, part)
        total = _total(response, start)
        check_size(total or 0, max_bytes)
        with part.open("r+b" if start else "wb") as stream:
            _remember(url, part, response)  # after the old bytes are gone: the note never vouches for other bytes
            stream.seek(start)
            for chunk in response.iter_content(_CHUNK):
                stream.write(chunk)
                check_size(stream.tell(), max_bytes)
            stream.truncate()
    if total is not None and _size(part) != total:
        raise Transient(f"{_size(part)} of {total} bytes arrived")


@contextmanager
def _as_policy() -> Iterator[None]:
    try:
        yield
    except _HOPELESS as error:
        raise Permanent(f"not an address that can be fetched ({error})") from error
    except requests.Timeout as error:
        raise Transient("the server did not answer in time") from error
    except requests.RequestException as error:
        raise Transient(f"the connection failed ({type(error).__name__})") from error


def _refuse_page(response: requests.Response) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/json", "application/xhtml+xml"}:
        raise Permanent(f"the server sent a page ({kind}), not a file")


def _range(url: str, part: Path) -> dict[str, str]:
    """Headers that ask for the rest, if what is there is known to be the beginning of the same bytes."""
    note = _note(part)
    if not _size(part) or not note.exists():
        return {}
    known = read_json(note)
    if known["url"] != url or not known["validator"]:
        return {}
    return {"Range": f"bytes={_size(part)}-", "If-Range": known["validator"]}


def _start(response: requests.Response, part: Path) -> int:
    """Offset of the first byte that this answer brings; 0 unless the server continues exactly where we stopped."""
    if response.status_code != requests.codes.partial_content:
        return 0
    start = _size(part)
    if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        part.unlink(missing_ok=True)
        raise Transient("the server sent another part of the file than asked for")
    return start


def _total(response: requests.Response, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    if not length.isdigit() or response.headers.get("Content-Encoding", "identity") != "identity":
        return None
    return start + int(length)


def _remember(url: str, part: Path, response: requests.Response) -> None:
    tag = response.headers.get("ETag", "")
    # a weak tag promises the same meaning, not the same bytes
    strong = "" if tag.startswith("W/") else tag
    write_json(_note(part), {"url": url, "validator": strong or response.headers.get("Last-Modified", "")})


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
