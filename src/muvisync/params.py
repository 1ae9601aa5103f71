"""params.yaml as typed objects: every problem in it is reported at once, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML, YAMLError

from muvisync.errors import UserError

PARAMS_FILE = Path("params.yaml")

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]


class ParamsError(UserError):
    """params.yaml is not usable; the message lists every problem."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _ItemSection(_Section):
    """Parameters of a per-video stage; a stage whose failed share passes the budget exits non-zero."""

    failure_budget: Share

    def uses(self) -> dict:
        """The parameters that an item's result depends on."""
        return self.model_dump(exclude={"failure_budget"})


class RunParams(_Section):
    """How the work is done; no result depends on these."""

    engine: Literal["serial", "processes"]
    workers: Annotated[int, Field(ge=0)]  # 0: one a core
    attempts: Positive  # an item that failed so often is quarantined
    backoff: Annotated[float, Field(ge=0)]  # seconds before the second attempt, doubled after each
    item_timeout: Annotated[float, Field(gt=0)]  # seconds for one item, then its worker is ended


class DownloadParams(_ItemSection):
    max_height: Positive  # pixels
    max_duration: Annotated[float, Field(gt=0)]  # seconds; longer videos are filtered


class TranscribeParams(_ItemSection):
    onset_threshold: Share
    frame_threshold: Share
    minimum_note_ms: Annotated[float, Field(gt=0)]


class VideoParams(_ItemSection):
    encoder: str  # "sample", or an open_clip model name
    weights: str | None  # an open_clip weights tag, or a local checkpoint; null with "sample"
    batch_size: Positive

    @model_validator(mode="after")
    def _weights_fit(self) -> VideoParams:
        if (self.encoder == "sample") != (self.weights is None):
            raise ValueError(
                'weights: null goes with encoder "sample"; every other encoder needs a tag or a checkpoint'
            )
        return self


class DatasetParams(_ItemSection):
    max_seconds: Positive
    shards: Positive
    val_share: Share
    test_share: Share
    published: str | None  # folder of the published MuVi-Sync release, or null

    @model_validator(mode="after")
    def _shares_fit(self) -> DatasetParams:
        if self.val_share + self.test_share >= 1:
            raise ValueError("val_share and test_share leave nothing to train on; make their sum less than 1")
        return self


class GenerateParams(_ItemSection):
    videos: Positive  # how many held-out videos get music
    temperature: Annotated[float, Field(gt=0)]
    seed: int


class Params(_Section):
    """All sections of params.yaml, one a stage, and `run`."""

    run: RunParams
    download: DownloadParams
    transcribe: TranscribeParams
    video: VideoParams
    dataset: DatasetParams
    generate: GenerateParams


def load_params(path: Path = PARAMS_FILE) -> Params:
    """Read and check a parameter file.

    Raises:
        ParamsError: the file is missing, is not YAML, or has unknown keys, wrong types or impossible values.
    """
    try:
        values = YAML(typ="safe").load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ParamsError(f"{path} is missing; run this in the project's folder") from error
    except YAMLError as error:
        raise ParamsError(f"{path} is not YAML: {error}") from error
    return parse_params(values, path)


def parse_params(values: object, path: Path = PARAMS_FILE) -> Params:
    """Check the values of a parameter file. Raises ParamsError with every problem."""
    try:
        return Params.model_validate(values)
    except ValidationError as error:
        problems = [f"  {'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()]
        raise ParamsError("\n".join([f"{path} has {len(problems)} problem(s):", *problems])) from error
