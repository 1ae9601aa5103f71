"""Finished sound as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from muvisync.files import temporary
from muvisync.soundfont import RATE


def write_wav(audio: np.ndarray, path: Path) -> None:
    """Write float audio in [-1, 1], (samples, 2), as 16-bit PCM."""
    import soundfile

    with temporary(path) as draft:
        soundfile.write(str(draft), audio, RATE, subtype="PCM_16", format="WAV")
