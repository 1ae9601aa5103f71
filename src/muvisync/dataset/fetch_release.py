"""A release behind a web address: fetched with patience, resumed after a drop or a kill, checked before use."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from muvisync.dataset.release import ReleaseError
from muvisync.errors import Filtered, Permanent, Transient
from muvisync.files import file_hash, json_hash
from muvisync.http import url_to_file

CACHE = Path("data/cache/import")
_LONGEST_WAIT = 300.0
_LONGEST_BACKOFF = 60.0


def fetch_release(url: str, *, max_bytes: int, timeout: float, attempts: int, backoff: float) -> Path:
    """Fetch `url` into the cache; what an earlier call left there is resumed.

    Args:
        attempts: how often in all; a server that asks for a pause (429, 503 with Retry-After) gets it.
        backoff: seconds before the second attempt, doubled after each.

    Raises:
        ReleaseError: it can't be fetched; the message says whether to try again.
    """
    part = CACHE / json_hash([url])[:16] / "release.zip"
    part.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, attempts + 1):
        try:
            url_to_file(url, part, max_bytes=max_bytes, timeout=timeout)
            return part
        except Permanent as error:
            raise ReleaseError(f"{url}: {error}; nothing was imported") from error
        except Filtered as error:
            forget(part)
            raise ReleaseError(f"{url} is larger than --max-bytes ({max_bytes / 1e9:.6g} GB)") from error
        except Transient as error:
            _wait_or_give_up(url, error, attempt, attempts, backoff)
    raise AssertionError("the last attempt returns or raises")


def _wait_or_give_up(url: str, error: Transient, attempt: int, attempts: int, backoff: float) -> None:
    # jitter, so that a team's machines do not knock on the same door at the same moment
    pause = min(backoff * 2 ** (attempt - 1), _LONGEST_BACKOFF) * random.uniform(0.5, 1.5)
    wait = pause if error.wait is None else error.wait
    if attempt == attempts or wait > _LONGEST_WAIT:
        asked = f", which asks to wait {wait:.0f} s" if wait > _LONGEST_WAIT else ""
        raise ReleaseError(
            f"{url}: {error}{asked}, attempt {attempt} of {attempts}; nothing was imported. "
            "Run the import again later: what has arrived is kept"
        ) from error
    print(f"{error}; attempt {attempt + 1} of {attempts} in {wait:.1f} s", file=sys.stderr, flush=True)
    time.sleep(wait)


def check_sha256(path: Path, wanted: str | None, name: str) -> str:
    """SHA-256 of the file. Raises ReleaseError, and forgets a fetched file, if it is not `wanted`."""
    found = file_hash(path)
    if wanted and found != wanted.strip().lower():
        if path.is_relative_to(CACHE):
            forget(path)
        raise ReleaseError(
            f"{name}: its SHA-256 is {found}, not {wanted}; nothing was imported. "
            "The file is damaged or another one: look up the right checksum, or try another address"
        )
    return found


def forget(part: Path) -> None:
    """Delete a fetched file and the note beside it."""
    for path in (part, part.with_name(f"{part.name}.json")):
        path.unlink(missing_ok=True)
    part.parent.rmdir()
