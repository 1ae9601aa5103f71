"""Versions as tags, files from DVC's cache, a champion that is whole at every moment, and ways back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from muvisync.decision import decisions
from muvisync.errors import UserError
from muvisync.registry import champion, checkout_champion, find_version, record, register, rollback, versions
from muvisync.registry.champion import CHAMPION


def champions_words() -> str:
    return (checkout_champion() / "amt/model.safetensors").read_text()


def test_versions_champions_and_the_way_back(registry):
    assert versions() == [] and champion() is None and checkout_champion() is None
    assert register(registry.decide(1)).name == "v1.0.0"
    assert champions_words() == "amt 1"
    registry.train("2")
    record(registry.decide(2, "reject"))
    assert champions_words() == "amt 1"
    registry.train("3")
    assert register(registry.decide(3)).name == "v1.1.0"
    registry.train("4")
    assert register(registry.decide(4, breaking=True)).name == "v2.0.0"
    assert champions_words() == "amt 4"
    assert [(v.name, v.champion, v.decision[:4]) for v in versions()] == [
        ("v1.0.0", False, "0001"),
        ("v1.1.0", False, "0003"),
        ("v2.0.0", True, "0004"),
    ]
    assert rollback().name == "v1.1.0" and champions_words() == "amt 3"
    assert rollback("1.0.0").name == "v1.0.0" and champions_words() == "amt 1"
    assert register(decisions()[3]).champion is False, "what was rolled back is not promoted again"
    with pytest.raises(UserError, match=r"there is no version v9; there are v1.0.0, v1.1.0, v2.0.0"):
        rollback("v9")

    card = Path("models/registry/amt-v1.1.0.md").read_text()
    assert "reason 3" in card and "| cross entropy | 1.5 |" in card and "- `train_amt`: seed 3" in card
    log = registry.run("git", "log", "--format=%an %s").splitlines()
    assert log[:4] == ["MuViSync Promote amt v2.0.0", "MuViSync Promote amt v1.1.0", "MuViSync Reject a candidate",
                       "MuViSync Promote amt v1.0.0"]  # fmt: skip
    at_tag = registry.run("git", "show", f"{find_version('v1.1.0').tag}:params.yaml")
    assert "seed: 3" in at_tag, "a version's commit holds what made it"


def test_somebodys_work_is_left_alone(registry):
    Path("mine.txt").write_text("mine")
    registry.run("git", "add", "mine.txt")
    Path("dvc.yaml").write_text(Path("dvc.yaml").read_text() + "# being edited\n")
    register(registry.decide(1))
    assert registry.run("git", "status", "--porcelain").splitlines() == [" M dvc.yaml", "A  mine.txt"]
    assert "mine.txt" not in registry.run("git", "show", "--stat", "HEAD")


@pytest.mark.parametrize("step", ["tag_version", "tag_champion"])
def test_killed_on_the_way_the_next_one_completes_it(registry, monkeypatch, step: str):
    decision = registry.decide(1)
    with monkeypatch.context() as patch:
        patch.setattr(f"muvisync.registry.promote.{step}", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            register(decision)
    commits = registry.run("git", "rev-list", "--count", "HEAD")
    assert register(decision).champion and register(decision).name == "v1.0.0"
    assert [version.name for version in versions()] == ["v1.0.0"]
    assert registry.run("git", "rev-list", "--count", "HEAD") == commits


def test_a_champion_that_was_tampered_with_is_mended_from_the_cache(registry):
    register(registry.decide(1))
    weights = checkout_champion() / "amt/model.safetensors"
    weights.chmod(0o644)
    weights.write_text("amt X")
    assert champions_words() == "amt 1"
    shutil.rmtree(CHAMPION.resolve())
    assert champions_words() == "amt 1"


def test_files_that_are_nowhere_leave_the_champion_as_it_was(registry):
    register(registry.decide(1))
    checkout_champion()
    registry.train("2")
    register(registry.decide(2))
    shutil.rmtree(".dvc/cache")
    with pytest.raises(UserError, match=r"the files of v1.1.0 are neither in DVC's cache nor in its remote"):
        checkout_champion()
    assert (CHAMPION / "amt/model.safetensors").read_text() == "amt 1"
    assert not list(Path("models/versions").glob(".*"))


def test_without_git_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="make this folder a repository"):
        versions()
