"""Processor seconds of another program and of all that it starts: what else the machine does disturbs them little."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SINGLE_THREAD = ["env", *(f"{name}=1" for name in _THREADS), sys.executable]
"""The beginning of a command: this Python, every library on one thread."""


def run_and_time(command: list[str], folder: Path) -> tuple[float, str]:
    """User and system seconds of `command`, run in `folder`, and its output. Raises RuntimeError if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout
