"""Train the sample's small CLIP from scratch: `python -m muvisync.sample.train_clip` (about 3 minutes on one core).

It is open_clip's CLIP class with CLIP's loss (Radford et al. 2021) on freshly drawn, captioned scenes. Because many
captions of a batch can be true of one picture, equal captions share the target; a second loss of the same form has the
six bare mood words as the captions, which is how the emotion feature asks.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import open_clip
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional

from muvisync.files import temporary, write_json
from muvisync.sample import CLIP_NAME, clip_checkpoint
from muvisync.sample.captions import draw_captioned
from muvisync.sample.compose import MOODS

SEED = 1
RATE, WARM_UP, DECAY = 1e-3, 60, 0.05
HIGHEST_SCALE = math.log(100)  # as in CLIP
HELD_OUT = 600


def train(images: int, steps: int, batch: int) -> tuple[torch.nn.Module, dict]:
    """Train on `images` drawn scenes; return the model and its figures on scenes of unseen seeds."""
    torch.manual_seed(SEED)
    open_clip.add_model_config(clip_checkpoint()[0])
    model, _, preprocess = open_clip.create_model_and_transforms(CLIP_NAME)
    tokens_of = open_clip.get_tokenizer(CLIP_NAME)
    pixels, captions, moods = draw("train", images, preprocess)
    tokens = tokens_of(captions)
    words = tokens_of(list(MOODS))
    groups = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    rest = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": groups, "weight_decay": DECAY}, {"params": rest, "weight_decay": 0.0}], lr=RATE, betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    for step in range(steps):
        chosen = torch.randint(len(moods), (batch,))
        loss = clip_loss(model, pixels[chosen], tokens[chosen]) + mood_loss(model, pixels[chosen], words, moods[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        model.logit_scale.data.clamp_(0, HIGHEST_SCALE)
        if step % 50 == 0:
            print(f"step {step:4d} of {steps}: loss {loss.item():.3f}", flush=True)
    _forget_unseen_words(model, torch.cat([tokens, words]))
    return model.eval(), held_out(model, preprocess, words)


def clip_loss(model: torch.nn.Module, pixels: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """CLIP's symmetric cross-entropy; pictures of one caption share its target."""
    image, text = model.encode_image(pixels, normalize=True), model.encode_text(tokens, normalize=True)
    logits = model.logit_scale.exp() * image @ text.T
    same = (tokens[:, None] == tokens[None]).all(-1).float()
    target = same / same.sum(1, keepdim=True)
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


def mood_loss(model: torch.nn.Module, pixels: torch.Tensor, words: torch.Tensor, moods: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over the six bare mood words."""
    return functional.cross_entropy(mood_logits(model, pixels, words), moods, label_smoothing=0.05)


def mood_logits(model: torch.nn.Module, pixels: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """CLIP's logits (pictures, 6) of the six mood words."""
    image, text = model.encode_image(pixels, normalize=True), model.encode_text(words, normalize=True)
    return model.logit_scale.exp() * image @ text.T


def draw(seed: str, count: int, preprocess: object) -> tuple[torch.Tensor, list[str], torch.Tensor]:
    """Freshly drawn scenes as the model takes them: (count, 3, side, side) float32, captions, moods (count,) int64."""
    pixels, captions, moods = [], [], []
    for picture, caption, mood in draw_captioned(seed, count):
        pixels.append(preprocess(Image.fromarray(picture)))
        captions.append(caption)
        moods.append(mood)
    return torch.stack(pixels), captions, torch.tensor(moods)


@torch.inference_mode()
def held_out(model: torch.nn.Module, preprocess: object, words: torch.Tensor) -> dict:
    """Share of freshly drawn scenes whose mood is right, in total and per mood, and the mean top probability."""
    pixels, _, moods = draw("held out", HELD_OUT, preprocess)
    probability = mood_logits(model, pixels, words).softmax(-1)
    right = probability.argmax(-1) == moods
    per_mood = {mood: round(right[moods == number].float().mean().item(), 4) for number, mood in enumerate(MOODS)}
    return {
        "scenes": HELD_OUT,
        "accuracy": round(right.float().mean().item(), 4),
        "per_mood": per_mood,
        "mean_top_probability": round(probability.amax(-1).mean().item(), 4),
        "logit_scale": round(model.logit_scale.exp().item(), 3),
    }


def save(model: torch.nn.Module, path: Path) -> None:
    """Write the weights as float16."""
    with temporary(path) as draft:
        save_file({name: value.half().contiguous() for name, value in model.state_dict().items()}, draft)


def _rate(step: int, steps: int) -> float:
    return min((step + 1) / WARM_UP, 0.5 * (1 + math.cos(math.pi * step / steps)))


def _forget_unseen_words(model: torch.nn.Module, tokens: torch.Tensor) -> None:
    # most of the 49,408 words never occur: rows of zeros compress to nothing in Git and in the wheel
    unseen = torch.ones(len(model.token_embedding.weight), dtype=torch.bool)
    unseen[tokens.unique()] = False
    model.token_embedding.weight.data[unseen] = 0


def main() -> None:
    """Train, measure, save beside the configuration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--out", type=Path, default=clip_checkpoint()[1])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model, figures = train(arguments.images, arguments.steps, arguments.batch)
    save(model, arguments.out)
    write_json(
        arguments.out.with_suffix(".metrics.json"), figures | {"steps": arguments.steps, "images": arguments.images}
    )
    print(figures)


if __name__ == "__main__":
    main()
