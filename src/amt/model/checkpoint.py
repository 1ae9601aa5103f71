"""Models on disk: a folder with the weights as safetensors (never a pickle) and their sizes as JSON beside them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from amt.model.amt import Amt
from amt.model.budget import Budget
from amt.model.config import AmtConfig, RhythmConfig
from amt.model.rhythm import Rhythm
from muvisync.errors import UserError
from muvisync.files import file_hash, read_json, temporary, write_json

WEIGHTS, CONFIG = "model.safetensors", "config.json"
FORMAT = 2
_LARGEST = 16384
"""Of any size in a configuration."""
_MORE_TENSORS, _MORE_NUMBERS = 256, 2**24
"""What building a model may make beside its weights, such as tables of positions."""
_KINDS: dict[str, tuple[type[nn.Module], type]] = {"amt": (Amt, AmtConfig), "rhythm": (Rhythm, RhythmConfig)}


class ModelError(UserError):
    """A model's folder can't be used; the message says why and what to do."""


class StrangeFormat(ModelError):
    """A model of another version of this program, whole as it may be."""


def save_model(folder: Path, model: Amt | Rhythm, encoder: str | None = None) -> None:
    """Write `model` to `folder`; the same model gives the same bytes.

    Args:
        encoder: label of the picture encoder whose features it learned from, as in videos.parquet.
    """
    folder = Path(folder)
    kind = next(name for name, (cls, _) in _KINDS.items() if isinstance(model, cls))
    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    # the weights first: a kill in between leaves an old config whose hash does not fit, which loading refuses
    with temporary(folder / WEIGHTS) as draft:
        save_file(tensors, draft)
    about = {"format": FORMAT, "model": kind, "encoder": encoder, "sha256": file_hash(folder / WEIGHTS)}
    write_json(folder / CONFIG, about | {"config": asdict(model.config)})


def load_model(folder: Path) -> Amt | Rhythm:
    """Read a model that `save_model` wrote, on the CPU and in evaluation mode.

    Raises:
        ModelError: a file is missing, is a pickle, was changed since it was saved, or does not fit its configuration.
    """
    folder = Path(folder)
    record = _read_record(folder)
    tensors = _read_weights(folder / WEIGHTS)
    model = _build(folder, record, tensors)
    _check_tensors(folder, tensors, model.state_dict())
    model.load_state_dict(tensors)
    return model.eval()


def read_encoder(folder: Path) -> str | None:
    """Label of the encoder that the model in `folder` learned from; None where it is not known. Raises ModelError."""
    label = _read_record(Path(folder)).get("encoder")
    return label if isinstance(label, str) else None


def _read_record(folder: Path) -> dict[str, Any]:
    """What the configuration's file says, once it is known to be about the weights beside it."""
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise ModelError(f"{folder} has no model ({CONFIG} and {WEIGHTS}); train it with `muvisync run`")
    try:
        record = read_json(folder / CONFIG)
        found, recorded, _ = record["format"], record["sha256"], record["config"].items()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder / CONFIG} does not describe a model of ours ({error!r})") from error
    if found != FORMAT:
        raise StrangeFormat(f"{folder / CONFIG}: format {found}, this program reads format {FORMAT}")
    if file_hash(folder / WEIGHTS) != recorded:
        raise ModelError(f"{folder / WEIGHTS} is not the file that {CONFIG} describes; it was changed or half copied")
    return record


def _build(folder: Path, record: dict[str, Any], weights: dict[str, Tensor]) -> Amt | Rhythm:
    """The model that the configuration describes, with random weights; never much larger than `weights`."""
    try:
        cls, config = _KINDS[record["model"]]
        sizes = _read_sizes(config, record["config"])
        numbers = sum(weight.numel() for weight in weights.values())
        with Budget(4 * len(weights) + _MORE_TENSORS, numbers + _MORE_NUMBERS):
            return cls(sizes)
    except ValidationError as error:
        problems = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
        raise ModelError(f"{folder / CONFIG} does not describe a model of ours ({problems})") from error
    except (ValueError, KeyError, TypeError, RuntimeError, AssertionError, ArithmeticError) as error:
        raise ModelError(f"{folder / CONFIG} does not describe a model of ours ({error})") from error


def _read_sizes(config: type[AmtConfig | RhythmConfig], values: dict[str, Any]) -> AmtConfig | RhythmConfig:
    """Raises ValidationError or TypeError for what is no value of `config`, ValueError for one beyond all reason."""
    config(**values)  # an unknown name is a mistake, which pydantic would pass over
    sizes = TypeAdapter(config).validate_json(json.dumps(values), strict=True)
    for name, value in asdict(sizes).items():
        if isinstance(value, int | float) and not 0 <= value <= _LARGEST:
            raise ValueError(f"{name} is {value}; it can be from 0 to {_LARGEST}")
    return sizes


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
