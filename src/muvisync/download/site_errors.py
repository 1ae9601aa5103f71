"""What yt-dlp says, as errors that carry the policy."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

from muvisync.errors import Permanent, Transient
from muvisync.http import status_error

_LATER = re.compile(
    r"try again later|rate.?limit|too many requests|not a bot|temporar|timed? ?out|did not get any data blocks"
    r"|IncompleteRead|more expected|giving up after|fragment .* not found",
    re.IGNORECASE,
)
_NOISE = re.compile(r"\x1b\[[0-9;]*m|^(ERROR: )+|; please report this issue on .*$", re.DOTALL)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def site_error(error: BaseException) -> Exception:
    """The error to raise for one of yt-dlp's: the first cause in its chain that says something decides.

    A full disk comes back as the OSError that it is.
    """
    from yt_dlp.networking.exceptions import HTTPError, TransportError

    chain = list(_causes(error))
    message = _NOISE.sub("", " ".join(str(error).split()))[:300]
    for cause in chain:
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return cause
    for cause in chain:
        if isinstance(cause, HTTPError):
            return status_error(cause.status, cause.response.headers)
        if isinstance(cause, TransportError):
            return Transient(f"the connection failed ({message})")
    return (Transient if _LATER.search(message) else Permanent)(message)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = getattr(cause, "exc_info", None) or (None, None, None)
        waiting += [inner[1], getattr(cause, "cause", None), cause.__cause__, cause.__context__]
