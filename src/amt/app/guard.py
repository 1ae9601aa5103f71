"""What every answer of the server carries, and what it never answers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'"
)
"""The browser loads what this server has and nothing else; Gradio's own scripts stand in the page."""
_FETCHING = ("/file=http", "/proxy=")


class Guard:
    """Middleware: Gradio's routes that fetch from elsewhere are closed, and the browser fetches nothing either."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the page do it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if any(part in scope["path"] for part in _FETCHING):
            await PlainTextResponse("This page fetches nothing from elsewhere.", 403)(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"  # an address of a file is a secret
            await send(message)

        await self._app(scope, receive, send_guarded)
