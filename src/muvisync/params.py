"""params.yaml as typed objects: every problem in it is reported at once, each with its place."""

from __future__ import annotations

import io
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML, YAMLError

from muvisync.errors import UserError
from muvisync.files import atomic_write_bytes, atomic_write_text
from muvisync.sections import (
    DatasetParams,
    DownloadParams,
    EvaluateParams,
    GenerateParams,
    RetrainParams,
    RunParams,
    Section,
    TrainAmtParams,
    TrainRhythmParams,
    TranscribeParams,
    VideoParams,
)

PARAMS_FILE = Path("params.yaml")
PRESETS = Path("presets")


class ParamsError(UserError):
    """params.yaml is not usable; the message lists every problem."""


class Params(Section):
    """All sections of params.yaml: one a stage, `run` and `retrain`."""

    run: RunParams
    download: DownloadParams
    transcribe: TranscribeParams
    video: VideoParams
    dataset: DatasetParams
    train_amt: TrainAmtParams
    train_rhythm: TrainRhythmParams
    evaluate: EvaluateParams
    generate: GenerateParams
    retrain: RetrainParams


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


def read_preset(name: str) -> None:
    """Make the parameter set `presets/<name>.yaml` the one of params.yaml. Raises ParamsError."""
    known = sorted(path.stem for path in PRESETS.glob("*.yaml"))
    if name not in known:
        raise ParamsError(f"no preset {name!r}; there are {', '.join(known) or 'none'}")
    path = PRESETS / f"{name}.yaml"
    load_params(path)
    atomic_write_bytes(PARAMS_FILE, path.read_bytes())


def set_params(assignments: list[str]) -> None:
    """Change values of params.yaml, keeping its comments: "section.key=value" in YAML, the key as deep as it lies.

    Raises:
        ParamsError: an assignment that names no value of the file, or a value that can't be.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096  # a long value stays on its line
    values = yaml.load(PARAMS_FILE.read_text(encoding="utf-8"))
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        *above, key = name.strip().split(".")
        place = _descend(values, above)
        if not (equals and above) or key not in place:
            raise ParamsError(f"{assignment!r}: write section.key=value with a key that {PARAMS_FILE} has")
        place[key] = YAML(typ="safe").load(text)
    parse_params(values)
    stream = io.StringIO()
    yaml.dump(values, stream)
    atomic_write_text(PARAMS_FILE, stream.getvalue())


def _descend(values: object, names: list[str]) -> dict:
    """The mapping below `names`; an empty one where there is none."""
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}
