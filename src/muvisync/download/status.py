"""HTTP statuses as errors that carry the policy; the same for files and for sites."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from muvisync.errors import Permanent, Transient

_AGAIN = {408, 425, 429}
_MEANING = {401: "needs a login", 403: "forbidden", 404: "not found", 410: "removed", 451: "blocked for legal reasons"}


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
