"""Which models make music: the champion, or those trained in this workspace, or else the ones of the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from muvisync.errors import UserError
from muvisync.files import read_json

MODELS = Path("models")
PRETRAINED = Path(__file__).resolve().parents[2] / "models" / "pretrained"
"""In a clone, beside src/. A wheel has the code only: there, models must be trained, or this folder copied."""
NAMES = ("amt", "rhythm")


@dataclass(frozen=True)
class FoundModels:
    """A folder with both models, and what they are for people."""

    folder: Path
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.folder})"


def find_models(workspace: Path = MODELS, pretrained: Path | None = None) -> FoundModels:
    """Both from one place, for they must know the same kind of features. Raises UserError when no place has both."""
    places = (
        (workspace / "champion", "the champion"),
        (workspace, "the models trained here"),
        (workspace / "pretrained", "the pretrained models of MuViSync"),
        (pretrained or PRETRAINED, "the pretrained models of MuViSync"),
    )
    for folder, name in places:
        if not _missing(folder):
            return FoundModels(folder, " ".join([name, *_version(folder)]))
    raise UserError(
        f"no trained model in {' and '.join(_missing(workspace))}, and none came with the project; train them with "
        "`muvisync run` in this folder"
    )


def choose_models(folder: Path) -> FoundModels:
    """The models that somebody names. Raises UserError when they are not both there."""
    if missing := _missing(folder):
        raise UserError(f"there is no model in {' and '.join(missing)}; name a folder that holds amt/ and rhythm/")
    return FoundModels(folder, " ".join(["the models", *_version(folder)]))


def _version(folder: Path) -> list[str]:
    about = folder / "version.json"
    return [read_json(about)["version"]] if about.is_file() else []


def _missing(folder: Path) -> list[str]:
    return [str(folder / name) for name in NAMES if not (folder / name / "model.safetensors").is_file()]
