"""What happens when a visitor brings a video, wants music, or goes."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import gradio as gr

from amt.app.ask import Ask, Make
from amt.app.rooms import Rooms
from amt.app.show import show_problem, show_results, show_video
from amt.app.take import take_example, take_upload
from muvisync.errors import UserError

_LOG = logging.getLogger(__name__)
_PROGRESS = gr.Progress()


class Visit:
    """The events of the page. A visitor is known by Gradio's name of the session, a secret of browser and server."""

    def __init__(self, make: Make, rooms: Rooms, examples: Mapping[str, Path]) -> None:
        self._make, self._rooms, self._examples = make, rooms, examples

    def take_upload(self, path: str, request: gr.Request) -> tuple[object, ...]:
        """Take an uploaded file; the drop zone is empty again afterwards, for the file has left its place."""
        return None, *self._take(take_upload, Path(path), Path(path).name, request)

    def take_example(self, name: str, request: gr.Request) -> tuple[object, ...]:
        """Take an example by its name; the empty name takes none."""
        if name not in self._examples:
            return gr.skip(), gr.skip(), gr.skip()
        return self._take(take_example, self._examples[name], name, request)

    def make_music(
        self,
        taken: str | None,
        mood: str,
        style: str,
        key: str,
        primer: str,
        temperature: float,
        seed: int | None,
        variants: int,
        request: gr.Request,
        progress: gr.Progress = _PROGRESS,
    ) -> str:
        """Make the music and show it; or show what is wrong, never more of it than helps."""
        ask = Ask(mood, style, key, primer or "", temperature, int(seed or 0), variants)

        def report(share: float, doing: str) -> None:
            self._rooms.stay(request.session_hash)
            progress(share, desc=doing)

        try:
            return self._make_in_room(taken, ask, request.session_hash, report)
        except UserError as error:
            return show_problem(str(error))
        except Exception:  # whatever it is, the visitor gets words and the terminal the trace
            _LOG.exception("no music was made")
            return show_problem("Something went wrong here that is not your doing; the terminal has the details.")

    def leave(self, request: gr.Request) -> None:
        """The page was closed."""
        self._rooms.leave(request.session_hash)

    def _take(self, take: Callable, path: Path, name: str, request: gr.Request) -> tuple[object, ...]:
        try:
            video, info = take(path, self._rooms.enter(request.session_hash))
        except UserError as error:
            return None, show_problem(str(error)), gr.Button(interactive=False)
        return str(video), show_video(video, name, info), gr.Button(interactive=True)

    def _make_in_room(self, taken: str | None, ask: Ask, session: str, report: Callable[[float, str], None]) -> str:
        room = self._rooms.enter(session)
        video = Path(taken or "")
        if not video.is_file():
            raise UserError("The video is no longer here (files stay for an hour). Please choose it again")
        folder = Path(tempfile.mkdtemp(prefix="music-", dir=room))
        results = self._make(video, ask, folder, report)
        for old in room.glob("music-*"):
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)
        return show_results(results)
