"""Models on disk: a folder with the weights as safetensors (never a pickle) and their sizes as JSON beside them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from amt.model.amt import Amt
from amt.model.config import AmtConfig, RhythmConfig
from amt.model.rhythm import BiGru
from muvisync.errors import UserError
from muvisync.files import file_hash, read_json, temporary, write_json

WEIGHTS, CONFIG = "model.safetensors", "config.json"
FORMAT = 1
_KINDS: dict[str, tuple[type[nn.Module], type]] = {"amt": (Amt, AmtConfig), "rhythm": (BiGru, RhythmConfig)}


class ModelError(UserError):
    """A model's folder can't be used; the message says why and what to do."""


def save_model(folder: Path, model: Amt | BiGru) -> None:
    """Write `model` to `folder`; the same model gives the same bytes."""
    folder = Path(folder)
    kind = next(name for name, (cls, _) in _KINDS.items() if isinstance(model, cls))
    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    # the weights first: a kill in between leaves an old config whose hash does not fit, which loading refuses
    with temporary(folder / WEIGHTS) as draft:
        save_file(tensors, draft)
    sizes = asdict(model.config)
    write_json(
        folder / CONFIG, {"format": FORMAT, "model": kind, "config": sizes, "sha256": file_hash(folder / WEIGHTS)}
    )


def load_model(folder: Path) -> Amt | BiGru:
    """Read a model that `save_model` wrote, on the CPU and in evaluation mode.

    Raises:
        ModelError: a file is missing, is a pickle, was changed since it was saved, or does not fit its configuration.
    """
    folder = Path(folder)
    model = _read_config(folder)
    tensors = _read_weights(folder / WEIGHTS)
    _check_tensors(folder, tensors, model.state_dict())
    model.load_state_dict(tensors)
    return model.eval()


def _read_config(folder: Path) -> Amt | BiGru:
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise ModelError(f"{folder} has no model ({CONFIG} and {WEIGHTS}); train it with `muvisync run`")
    try:
        record = read_json(folder / CONFIG)
        if record["format"] != FORMAT:
            raise ModelError(f"{folder / CONFIG}: format {record['format']}, this program reads format {FORMAT}")
        cls, config = _KINDS[record["model"]]
        model, recorded = cls(config(**record["config"])), record["sha256"]
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"{folder / CONFIG} does not describe a model of ours ({error!r})") from error
    if file_hash(folder / WEIGHTS) != recorded:
        raise ModelError(f"{folder / WEIGHTS} is not the file that {CONFIG} describes; it was changed or half copied")
    return model


def _read_weights(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is not a safetensors file ({error}); pickles are refused") from error


def _check_tensors(folder: Path, found: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    problems = [f"{name} is missing" for name in sorted(wanted.keys() - found.keys())]
    problems += [f"{name} is not part of the model" for name in sorted(found.keys() - wanted.keys())]
    for name in sorted(found.keys() & wanted.keys()):
        if found[name].shape != wanted[name].shape:
            problems.append(f"{name} is {tuple(found[name].shape)} instead of {tuple(wanted[name].shape)}")
        elif not torch.isfinite(found[name]).all():
            problems.append(f"{name} holds values that are not finite")
    if problems:
        raise ModelError(f"{folder / WEIGHTS} does not fit {folder / CONFIG}: {'; '.join(problems[:5])}")
