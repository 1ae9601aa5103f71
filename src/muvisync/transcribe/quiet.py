"""Keep the chatter of third-party libraries out of our output."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator

from muvisync.transcribe.compiled import compile_librosa


@contextlib.contextmanager
def libraries() -> Iterator[None]:
    """`quiet`, for a body that imports or calls the music libraries: all of them come with librosa."""
    with quiet():
        compile_librosa()
        yield


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Swallow what the body prints, warns of and logs through the root logger; exceptions pass.

    basic-pitch logs at import that TensorFlow and CoreML are absent (it runs on ONNX here), resampy that pkg_resources
    is old, pydub that there is no ffmpeg on the path; and `logging.warning` would set up the root logger for everybody.
    """
    root = logging.getLogger()
    level, silence = root.level, logging.NullHandler()
    root.addHandler(silence)  # with a handler there, logging.warning() does not install one on standard error
    root.setLevel(logging.CRITICAL + 1)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        root.setLevel(level)
        root.removeHandler(silence)
