"""The CLIP encoder: pictures to embeddings and, from the same embeddings, to the six emotions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import open_clip
import torch
from PIL import Image
from torch.nn import functional

from muvisync.errors import UserError
from muvisync.schema import EMOTIONS
from muvisync.video.checkpoint import SAMPLE, Checkpoint, encoder_to_checkpoint


@dataclass(frozen=True)
class ClipEncoder:
    """A loaded CLIP. `words` are the normalised text features of EMOTIONS (6, width), `scale` its logit scale."""

    label: str
    model: torch.nn.Module
    transform: object
    words: torch.Tensor
    scale: torch.Tensor
    device: torch.device

    def prepare(self, image: np.ndarray) -> torch.Tensor:
        """One uint8 RGB picture (height, width, 3) as the model takes it: float32 (3, side, side)."""
        return self.transform(Image.fromarray(image))

    @torch.inference_mode()
    def encode(self, pictures: Sequence[torch.Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Semantics float16 (n, width), not normalised, and emotion float32 (n, 6), of n prepared pictures."""
        embeddings = self.model.encode_image(torch.stack(list(pictures)).to(self.device)).float()
        emotion = embeddings_to_emotion(embeddings, self.words, self.scale)
        return embeddings.cpu().numpy().astype(np.float16), emotion.cpu().numpy().round(4)


def embeddings_to_emotion(embeddings: torch.Tensor, words: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Softmax over the words of CLIP's logits (Radford et al. 2021: scale x cosine similarity).

    Args:
        embeddings: (n, width), of any norm.
        words: (words, width), of norm 1.
        scale: CLIP's logit scale, already exponentiated.

    Returns:
        (n, words), rows sum to 1.
    """
    return (scale * functional.normalize(embeddings, dim=-1) @ words.T).softmax(-1)


@cache
def load_encoder(encoder: str, weights: str | None) -> ClipEncoder:
    """Load the encoder that `video.encoder` and `video.weights` name, once a process; on the GPU if there is one.

    Raises:
        UserError: no such encoder, its weights can't be had or do not fit; with the next step.
    """
    checkpoint = encoder_to_checkpoint(encoder, weights)
    if encoder == SAMPLE:
        from muvisync import sample

        open_clip.add_model_config(sample.clip_checkpoint()[0])
    model, transform = _create(checkpoint)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = model.eval().to(device)
    with torch.inference_mode():
        tokens = open_clip.get_tokenizer(checkpoint.model)(list(EMOTIONS)).to(device)
        words = functional.normalize(model.encode_text(tokens).float(), dim=-1)
        return ClipEncoder(checkpoint.label, model, transform, words, model.logit_scale.exp(), device)


def _create(checkpoint: Checkpoint) -> tuple[torch.nn.Module, object]:
    try:
        model, _, transform = open_clip.create_model_and_transforms(
            checkpoint.model, pretrained=checkpoint.weights, precision="fp32", **checkpoint.options
        )
    except Exception as error:  # open_clip, the hub's client and torch raise many kinds, all of them mean this
        raise UserError(_next_step(checkpoint, error)) from error
    return model, transform


def _next_step(checkpoint: Checkpoint, error: Exception) -> str:
    why = " ".join(str(error).split())[:200] or type(error).__name__
    tag = open_clip.get_pretrained_cfg(checkpoint.model, checkpoint.weights)
    if tag:
        page = tag.get("hf_hub", "").rstrip("/") or "the publisher"
        return (
            f"the weights {checkpoint.label} can't be had ({why}); download open_clip_model.safetensors of {page} "
            "on a machine that can, and set video.weights in params.yaml to its path"
        )
    return (
        f"video.weights {checkpoint.weights!r} can't be loaded as {checkpoint.model} ({why}); "
        "give a safetensors file, or a state dict saved by torch (not TorchScript, not a pickled model), of the model "
        "that video.encoder names"
    )
