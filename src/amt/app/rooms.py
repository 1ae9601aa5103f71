"""Folders of the visitors: each has one of its own, with a name that nobody can guess, for as long as it is used."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread

from muvisync.errors import UserError

STAY = 3600.0
"""Seconds that files stay after they were last needed."""
_EVERY = 300.0


class Rooms:
    """A folder a visitor, under `root`, which is also where Gradio keeps uploads.

    Gradio serves every file under its upload folder to whoever knows the path, and none outside of it but its own
    (`launch` gets no allowed_paths). It names the folder of an upload by the hash of its content, which another person
    with the same file could know; so an upload is moved into the visitor's room at once. A room's name has 192 random
    bits and is told to its visitor only.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def enter(self, session: str) -> Path:
        """The folder of a session; made at the first call, or anew if it was swept away."""
        with self._lock:
            folder = self.root / self._names.setdefault(session, secrets.token_urlsafe(24))
        folder.mkdir(mode=0o700, exist_ok=True)
        os.utime(folder)
        return folder

    def stay(self, session: str) -> None:
        """Note that a session's folder is in use. Raises UserError when its visitor has left: work for it may end."""
        folder = self.root / self._names.get(session, "gone")
        if not folder.is_dir():
            raise UserError("The page was closed, so this was stopped; open it again to begin anew")
        os.utime(folder)

    def leave(self, session: str) -> None:
        """Remove the folder of a session that has ended."""
        with self._lock:
            name = self._names.pop(session, None)
        if name:
            shutil.rmtree(self.root / name, ignore_errors=True)

    def sweep(self, now: float) -> None:
        """Remove what was last used more than STAY seconds before `now`, rooms and uploads that were never taken."""
        for path in self.root.iterdir():
            try:
                old = now - path.stat().st_mtime > STAY
            except FileNotFoundError:
                continue
            if old and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif old:
                path.unlink(missing_ok=True)


@contextmanager
def open_rooms() -> Iterator[Rooms]:
    """Rooms in a private temporary folder, swept now and then, gone at the end with all that is in them."""
    before = os.environ.get("GRADIO_TEMP_DIR")
    stop = Event()
    with tempfile.TemporaryDirectory(prefix="muvisync-app-", ignore_cleanup_errors=True) as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder  # the only way to tell Gradio where uploads go
        rooms = Rooms(Path(folder).resolve())
        sweeper = Thread(target=_sweep_until, args=(rooms, stop), daemon=True)
        sweeper.start()
        try:
            yield rooms
        finally:
            stop.set()
            sweeper.join()
            os.environ.pop("GRADIO_TEMP_DIR")
            if before is not None:
                os.environ["GRADIO_TEMP_DIR"] = before


def _sweep_until(rooms: Rooms, stop: Event) -> None:
    while not stop.wait(_EVERY):
        rooms.sweep(time.time())
