"""Which models make music: those trained in this workspace, or else the ones that come with the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from muvisync.errors import UserError

MODELS = Path("models")
PRETRAINED = Path(__file__).resolve().parents[2] / "models" / "pretrained"
"""In a clone, beside src/. A wheel has the code only: there, models must be trained, or this folder copied."""
NAMES = ("amt", "rhythm")


@dataclass(frozen=True)
class FoundModels:
    """A folder with both models, and whether they were trained in this workspace."""

    folder: Path
    trained: bool

    def __str__(self) -> str:
        return f"the models trained here ({self.folder})" if self.trained else "the pretrained models of MuViSync"


def find_models(workspace: Path = MODELS, pretrained: Path | None = None) -> FoundModels:
    """Both from one place, for they must know the same kind of features. Raises UserError when no place has both."""
    for folder, trained in ((workspace, True), (workspace / "pretrained", False), (pretrained or PRETRAINED, False)):
        if not _missing(folder):
            return FoundModels(folder, trained)
    raise UserError(
        f"no trained model in {' and '.join(_missing(workspace))}, and none came with the project; train them with "
        "`muvisync run` in this folder"
    )


def _missing(folder: Path) -> list[str]:
    return [str(folder / name) for name in NAMES if not (folder / name / "model.safetensors").is_file()]
