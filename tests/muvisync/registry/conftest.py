"""A small repository in which DVC keeps two models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from muvisync.decision import Decision, write_decision
from muvisync.files import file_hash

DVC_YAML = """stages:
  train:
    cmd: python -c "pass"
    params: [train_amt]
    outs: [models/amt, models/rhythm]
"""


class Registry:
    """A workspace whose models are a few bytes; the current folder."""

    def run(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def train(self, words: str) -> None:
        """New models, which DVC knows."""
        for name in ("amt", "rhythm"):
            Path("models", name).mkdir(parents=True, exist_ok=True)
            Path("models", name, "model.safetensors").write_text(f"{name} {words}")
        Path("params.yaml").write_text(f"train_amt: {{seed: {words}}}\ntrain_rhythm: {{seed: 1}}\n")
        self.run(sys.executable, "-m", "dvc", "commit", "--force", "--quiet")

    def decide(self, number: int, verdict: str = "promote", breaking: bool = False) -> Decision:
        """A decision on the models that lie here."""
        weights = {name: file_hash(Path("models", name, "model.safetensors")) for name in ("amt", "rhythm")}
        decision = Decision(
            f"{number:04d}-{number:012d}",
            verdict,
            breaking,
            [f"reason {number}"],
            [],
            weights,
            None,
            "d" * 64,
            2,
            "test",
            {},
            {"candidate": {"cross_entropy": 1.5, "hits1": None}},
        )
        write_decision(decision)
        return decision


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    made = Registry()
    (tmp_path / ".gitignore").write_text("/models/*\n!/models/registry/\n")
    (tmp_path / "dvc.yaml").write_text(DVC_YAML)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/catalog.csv").write_text("video_id,source,title,license,tags\n")
    made.run("git", "init", "--quiet")
    made.run(sys.executable, "-m", "dvc", "init", "--quiet")
    made.train("1")
    made.run("git", "add", "--all")
    made.run("git", "-c", "user.name=A Person", "-c", "user.email=p@localhost", "commit", "-qm", "Begin")
    return made
