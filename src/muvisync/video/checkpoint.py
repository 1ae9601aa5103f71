"""Where the encoder's weights are: those of the sample, a published open_clip tag, or a local checkpoint."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path

from muvisync.errors import UserError
from muvisync.files import file_hash, json_hash
from muvisync.schema import SEMANTIC_WIDTH

SAMPLE = "sample"
_SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")  # torch files are read as weights only, never unpickled
_PREPROCESSING = {"mean": "image_mean", "std": "image_std", "interpolation": "image_interpolation"}
_PREPROCESSING |= {"resize_mode": "image_resize_mode"}


@dataclass(frozen=True)
class Checkpoint:
    """What open_clip needs to make the encoder. `label` names it in artifacts, by content and without local paths."""

    model: str
    weights: str
    label: str
    options: dict = field(default_factory=dict)


def encoder_to_checkpoint(encoder: str, weights: str | None) -> Checkpoint:
    """Find the encoder that `video.encoder` and `video.weights` name, without loading or downloading it.

    Raises:
        UserError: no such encoder or file, or its embeddings are not as wide as the dataset's; with the next step.
    """
    if encoder == SAMPLE:
        return _of_sample()
    import open_clip

    config = open_clip.get_model_config(encoder)
    if config is None:
        close = difflib.get_close_matches(encoder, open_clip.list_models(), 3, 0.5) or ["ViT-L-14-336"]
        raise UserError(
            f"video.encoder {encoder!r} is not a model of open_clip; did you mean {', '.join([SAMPLE, *close])}?"
        )
    if config["embed_dim"] != SEMANTIC_WIDTH:
        raise UserError(
            f"video.encoder {encoder} makes embeddings {config['embed_dim']} wide, the dataset's are {SEMANTIC_WIDTH} "
            "wide; choose one that fits, such as ViT-L-14-336"
        )
    if weights in open_clip.list_pretrained_tags_by_model(encoder):
        return Checkpoint(encoder, weights, f"{encoder}/{weights}", _options(encoder, [weights]))
    return _of_file(encoder, Path(weights or ""))


def _of_sample() -> Checkpoint:
    from muvisync import sample

    config, weights = sample.clip_checkpoint()
    if not weights.is_file():
        raise UserError(f"the sample's CLIP is missing ({weights.name}); install the package again")
    return Checkpoint(config.stem, str(weights), f"{SAMPLE}@{json_hash([file_hash(config), file_hash(weights)])[:12]}")


def _of_file(encoder: str, path: Path) -> Checkpoint:
    from open_clip import list_pretrained_tags_by_model

    tags = list_pretrained_tags_by_model(encoder)
    if not path.is_file():
        raise UserError(
            f"video.weights {str(path)!r} is neither a file nor a published tag of {encoder}; give the path of a "
            f"checkpoint, or one of: {', '.join(tags) or 'no tags'}"
        )
    if path.suffix not in _SUFFIXES:
        raise UserError(f"video.weights {str(path)!r}: a checkpoint ends in {', '.join(_SUFFIXES)}")
    return Checkpoint(encoder, str(path.resolve()), f"{encoder}@{file_hash(path)[:12]}", _options(encoder, tags))


def _options(encoder: str, tags: list[str]) -> dict:
    """How these weights want their input, where all of `tags` agree.

    open_clip sets this for a tag but not for a file, and QuickGELU for neither: OpenAI's weights under the name
    ViT-L-14-336 would run with the wrong activation. Names ending in -quickgelu say it themselves.
    """
    from open_clip import get_pretrained_cfg

    configs = [get_pretrained_cfg(encoder, tag) for tag in tags]
    shared = {
        key: value
        for key, value in (configs[0] if configs else {}).items()
        if all(c.get(key) == value for c in configs)
    }
    options = {option: shared[key] for key, option in _PREPROCESSING.items() if shared.get(key) is not None}
    return options | ({"force_quick_gelu": True} if shared.get("quick_gelu") else {})
