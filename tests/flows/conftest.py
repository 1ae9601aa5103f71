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

REPO = Path(__file__).parents[2]
LONGEST_RUN = 900  # seconds: something hangs, however busy the machine is
CLIPS = ("sample-00", "sample-06", "sample-09", "sample-10")  # two train on, one to validate, one to test


class Workspace:
    """A copy of the project with its own catalog, parameters, DVC folder and Prefect home."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for folder in ("src", "flows", "presets"):
            shutil.copytree(REPO / folder, path / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("dvc.yaml", "params.yaml", ".dvcignore", "pyproject.toml", "requirements.lock"):
            shutil.copy(REPO / name, path)
        (path / "data").mkdir()
        self.environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PREFECT_HOME": str(path / "prefect"),
            "PYTHONPATH": str(path / "src"),
        }
        self.run("dvc", "init", "--no-scm", "--quiet")
        self.run("dvc", "config", "core.analytics", "false")
        self.write_catalog(CLIPS)

    def write_catalog(self, ids: tuple[str, ...]) -> None:
        """The catalog's rows are clips of the sample, in the given order."""
        rows = [f"{name},sample:{int(name[-2:])},Clip {name},CC0-1.0,sample" for name in ids]
        text = "\n".join(["video_id,source,title,license,tags", *rows]) + "\n"
        (self.path / "data/catalog.csv").write_text(text)

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
        workspace = Workspace(tmp_path_factory.mktemp(name))
        workspace.set("train_amt.epochs=2", "train_rhythm.epochs=2", "evaluate.resamples=20", "generate.videos=1")
        return workspace

    return make
