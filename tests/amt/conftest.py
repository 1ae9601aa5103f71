"""Fixtures of the tests of models, training and evaluation; their songs come from `synthetic_songs`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from muvisync.params import Params, load_params


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace as the current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def default_params() -> Params:
    """The parameters of the repository's params.yaml."""
    return load_params(Path(__file__).parents[2] / "params.yaml")


@pytest.fixture
def tiny_params(default_params: Params) -> Callable[..., Params]:
    """Parameters of very small models and short trainings; sections can be changed: `tiny_params(train_amt={...})`."""

    def make(**sections: dict) -> Params:
        small = {
            "train_amt": {
                "width": 32,
                "heads": 2,
                "encoder_layers": 1,
                "decoder_layers": 1,
                "feedforward": 64,
                "epochs": 3,
            },
            "train_rhythm": {"hidden": 8, "layers": 1, "epochs": 3},
            "evaluate": {"resamples": 20},
        }
        values = default_params.model_dump()
        for name, section in small.items():
            values[name] |= {"accelerator": "cpu", "threads": 1} | section | sections.get(name, {})
        return Params.model_validate(values)

    return make
