"""What the models can know of a video, for `generate` and `app`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from muvisync.errors import Filtered, Permanent, UserError
from muvisync.params import Params
from muvisync.pretrained import NAMES, FoundModels

if TYPE_CHECKING:
    from amt.generate.predict.features import Seen


def measure(
    video: Path, params: Params, models: FoundModels, progress: Callable[[float], None] = lambda share: None
) -> Seen:
    """Features of the video that the models know, by the encoder of params.yaml.

    Args:
        progress: takes the share that is done, 0 to 1.

    Raises:
        UserError: it is no video.
    """
    from amt.generate.predict.features import Seen, arrays_to_features, without_semantic
    from amt.generate.produce import probe_picture

    try:
        probe_picture(video)
        from muvisync.video.clip import load_encoder
        from muvisync.video.extract import video_to_features

        encoder = load_encoder(params.video.encoder, params.video.weights)
        seen = video_to_features(video, encoder, params.video.batch_size, progress)
    except (Permanent, Filtered) as error:
        raise UserError(f"{video}: {error}; give a file with a picture that a video player can play") from error
    features = arrays_to_features(seen.semantic, seen.scene_offset, seen.motion, seen.emotion)
    notes, strange = tuple(seen.notes), find_strange_encoder(models, encoder.label)
    if not strange:
        return Seen(features, tuple(seen.metadata["cuts"]), notes)
    left_out = (
        f"these models know pictures as {strange} sees them, and params.yaml has another encoder: what is in the "
        "picture is left out; scenes, motion and mood are used. For all of it set video.encoder and video.weights"
    )
    return Seen(without_semantic(features), tuple(seen.metadata["cuts"]), (*notes, left_out))


def find_strange_encoder(models: FoundModels, label: str) -> str | None:
    """The encoder that the models learned from where `label` is another one; its weights are not compared."""
    from amt.model import read_encoder

    for name in NAMES:
        known = read_encoder(models.folder / name)
        if known and _family(known) != _family(label):
            return known
    return None


def _family(label: str) -> str:
    return label.replace("@", "/").split("/")[0]
