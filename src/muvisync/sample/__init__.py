"""The built-in sample: clips whose chords, cuts, moods and notes are known exactly, and a small CLIP that sees them."""

from __future__ import annotations

from pathlib import Path

CLIP_NAME = "muvisync-sample"


def render_clip(index: int, folder: Path, name: str) -> tuple[Path, Path]:
    """Render clip `index` as `folder/name.mp4` and its truth as `folder/name.truth.json`; deterministic bytes.

    Any index from 0 gives a clip of its own; 0 to 11 are those of the default catalogue. Takes about 4 s on one core.

    Raises:
        ValueError: `index` is negative.
        Permanent: ffmpeg could not encode the film.
    """
    from muvisync.sample.render import render

    return render(index, Path(folder), name)


def clip_checkpoint() -> tuple[Path, Path]:
    """(open_clip model configuration, safetensors weights) of the sample's small CLIP; see `train_clip`."""
    folder = Path(__file__).parent / "clip"
    return folder / f"{CLIP_NAME}.json", folder / f"{CLIP_NAME}.safetensors"
