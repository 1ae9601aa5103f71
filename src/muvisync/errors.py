"""Errors as types: what a person must mend, and what happens to an item next."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


class UserError(Exception):
    """Something a person can mend; the message names it and the next step, and is all that is shown."""


class Transient(Exception):
    """May work next time (time-out, 429, 5xx): retried with backoff. `wait` is the server's Retry-After in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message, wait)
        self.wait = wait

    def __str__(self) -> str:
        return str(self.args[0])


class Permanent(Exception):
    """Will never work (removed, private, not a video): not retried."""


class Filtered(Exception):
    """Left out on purpose, with the reason and, where there is one, the score that decided."""

    def __init__(self, reason: str, score: float | None = None) -> None:
        super().__init__(reason, score)
        self.score = score

    def __str__(self) -> str:
        return str(self.args[0])


def run_main(main: Callable[[], None]) -> None:
    """Run an entry point: a UserError or a full disk ends it with a message and exit status 1, without a traceback."""
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno not in _DISK:
            raise
        print(f"error: {error}. Mend this, then run again; what is done is kept", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("stopped; what is done is kept, run again to go on", file=sys.stderr)
        raise SystemExit(130) from None
