"""yt-dlp's client with manners: every request waits for its turn, and a Retry-After is obeyed by all workers."""

from __future__ import annotations

from typing import Any

import yt_dlp
from yt_dlp.networking.exceptions import HTTPError

from muvisync.http import retry_after
from muvisync.network import Manners


class PoliteYoutubeDL(yt_dlp.YoutubeDL):
    """What yt-dlp fetches goes through `urlopen`; hops of a redirect are watched but not counted."""

    def __init__(self, options: dict, manners: Manners) -> None:
        self._manners = manners
        super().__init__(options)

    def urlopen(self, request: Any) -> Any:
        """Open an address when it is its host's turn. Raises what yt-dlp raises, and what `Manners.before` does."""
        url = request if isinstance(request, str) else request.url
        self._manners.before(url)
        try:
            return super().urlopen(request)
        except HTTPError as error:
            wait = retry_after(error.response.headers.get("Retry-After"))
            if wait is not None:
                self._manners.rest(url, wait)
            raise
