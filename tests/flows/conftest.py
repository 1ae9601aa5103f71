"""Workspaces of their own for real DVC and Prefect runs on small data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from tests.faults.clips import make_clip

REPO = Path(__file__).parents[2]
LONGEST_RUN = 900  # seconds: something hangs, however busy the machine is
_FILES = (
    "dvc.yaml", "params.yaml", "prefect.yaml", ".dvcignore", ".gitignore", "pyproject.toml", "requirements.lock"
)  # fmt: skip
SHORT = (
    "run.engine=serial",
    "train_amt.epochs=1",
    "train_amt.learning_rate=0.1",  # a model that is easy to surpass
    "train_rhythm.epochs=1",
    "evaluate.resamples=20",
    "generate.videos=1",
)
CLIPS = ("sample-09", "clip-0", "clip-1", "clip-2")  # of the splits test, val, test, train


class Workspace:
    """A copy of the project in a Git repository of its own, with its catalog, parameters and Prefect home."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PREFECT_HOME": str(path / "prefect"),
            "PYTHONPATH": str(path / "src"),
            "GIT_CONFIG_GLOBAL": os.devnull,  # the same for everybody: nobody's name, hooks or signatures
        }

    @classmethod
    def create(cls, path: Path) -> Workspace:
        """Copy the project to `path` and commit it there."""
        for folder in ("src", "flows", "presets"):
            shutil.copytree(REPO / folder, path / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name in _FILES:
            shutil.copy(REPO / name, path)
        (path / "data").mkdir()
        workspace = cls(path)
        workspace.write_catalog(CLIPS)
        workspace.run("git", "init", "--quiet", "--initial-branch=main")
        workspace.run("dvc", "init", "--quiet")
        workspace.run("dvc", "config", "core.analytics", "false")
        workspace.commit("Begin")
        return workspace

    def copy(self, path: Path) -> Workspace:
        """The same workspace in another folder, with times and links."""
        shutil.copytree(self.path, path, symlinks=True, dirs_exist_ok=True)
        return Workspace(path)

    def commit(self, message: str) -> None:
        """Commit all that Git does not ignore."""
        who = ("-c", "user.name=A Person", "-c", "user.email=person@localhost")
        self.run("git", "add", "--all")
        self.run("git", *who, "commit", "--quiet", "--allow-empty", "--message", message)

    def write_catalog(self, ids: tuple[str, ...]) -> None:
        """The catalog's rows are clips of the sample (sample-<n>) and short ones (clip-<n>), in the given order."""
        rows = []
        for name in ids:
            kind, number = name.split("-")
            source = f"sample:{int(number)}" if kind == "sample" else f"clips/{number}.mp4"
            if kind == "clip":
                (self.path / "clips").mkdir(exist_ok=True)
                make_clip(self.path / source, int(number))
            rows.append(f"{name},{source},Clip {name},CC0-1.0,{kind}")
        text = "\n".join(["video_id,source,title,license,tags", *rows]) + "\n"
        (self.path / "data/catalog.csv").write_text(text)

    def add_release(self, make_release: Callable[..., Path]) -> None:
        """Four songs in the layout of the published release."""
        make_release(self.path / "release", seconds=32)
        self.set("dataset.published=release")

    def set(self, *assignments: str) -> None:
        """Change parameters: "section.key=value"."""
        code = "import sys; from muvisync.params import set_params; set_params(sys.argv[1:])"
        self.run(sys.executable, "-c", code, *assignments)

    def start(self, *command: str) -> subprocess.Popen:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, code: int = 0) -> str:
        """Run a command to its end and return what it printed; its exit status must be `code`."""
        process = self.start(*command)
        try:
            text, _ = process.communicate(timeout=LONGEST_RUN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its workers would go on, and so would the pipe
            pytest.fail(f"{command} did not end in {LONGEST_RUN} s: {process.communicate()[0][-4000:]}")
        assert process.returncode == code, text[-4000:]
        return text

    def parquet(self) -> dict[str, bytes]:
        """The bytes of the dataset."""
        return {path.name: path.read_bytes() for path in sorted((self.path / "data/dataset").glob("*.parquet"))}


@pytest.fixture(scope="session")
def make_workspace(tmp_path_factory) -> Callable[[str], Workspace]:
    """Make a workspace whose trainings are short."""

    def make(name: str) -> Workspace:
        workspace = Workspace.create(tmp_path_factory.mktemp(name))
        workspace.set(*SHORT)
        return workspace

    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory, make_release) -> tuple[Workspace, str]:
    """A workspace after `muvisync run`, and what the run printed; not to be changed, but to be copied.

    It is made once for all the processes that run tests.
    """
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    path, said = shared / "finished", shared / "finished.txt"
    with FileLock(shared / "finished.lock"):
        if not said.exists():
            path.mkdir()
            workspace = Workspace.create(path)
            workspace.add_release(make_release)
            workspace.set(*SHORT)
            said.write_text(workspace.run("muvisync", "run"))
            workspace.commit("Run")
    return Workspace(path), said.read_text()
