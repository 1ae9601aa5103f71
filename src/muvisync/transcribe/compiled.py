"""librosa's compiled code, made by one process at a time.

numba keeps what it compiles in files beside the package. Two workers of a fresh installation that fill them at the same
moment can leave a function whose pointer leads nowhere: from then on every process dies with SIGSEGV in librosa.
"""

from __future__ import annotations

import getpass
import hashlib
import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from filelock import FileLock

_RATE, _SECONDS = 22050, 2


@cache
def compile_librosa() -> None:
    """Import librosa and call what we use of it, under a lock: the first process compiles, the others then load.

    About half a minute in a fresh installation, a second or two later on. Call it before anything imports librosa.
    """
    with FileLock(lock_path()):
        import librosa

        noise = np.random.default_rng(0).normal(0, 0.1, _RATE * _SECONDS).astype(np.float32)
        librosa.hybrid_cqt(noise, sr=_RATE, tuning=None)  # with the search for the tuning, as harmony.py calls it


def lock_path() -> Path:
    """The lock of this installation and user."""
    installation = hashlib.sha256(f"{getpass.getuser()} {sys.prefix}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"muvisync-{installation}.lock"
