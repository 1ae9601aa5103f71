"""The few things that the registry asks of Git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from muvisync.errors import UserError

MACHINE = ("MuViSync", "muvisync@localhost")
"""Who commits where Git knows nobody."""


def git(*arguments: str) -> str:
    """What a git command printed.

    Raises:
        UserError: it failed, or this is no Git repository.
    """
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UserError("versions of models are Git tags, and there is no git on this machine; install it") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        if "not a git repository" in said:
            raise UserError("versions of models are Git tags: make this folder a repository (`git init`) and commit it")
        raise UserError(f"git {arguments[0]} failed: {said}")
    return done.stdout.strip()


def author() -> tuple[str, str]:
    """Name and address of who commits here."""
    known = [_config("user.name"), _config("user.email")]
    return (known[0], known[1]) if all(known) else MACHINE


def commit_paths(paths: Iterable[Path], message: str) -> None:
    """Commit these paths as they are now, and nothing else that somebody may have changed or staged."""
    names = [str(path) for path in paths if path.exists()]
    git("add", "--", *names)
    if git("status", "--porcelain", "--", *names):
        name, email = author()
        git("-c", f"user.name={name}", "-c", f"user.email={email}", "commit", "--quiet", "-m", message, "--", *names)


def last_commit(path: Path) -> str:
    """Hash of the commit that last changed `path`; empty where there is none."""
    return git("log", "-1", "--format=%H", "--", str(path))


def _config(name: str) -> str:
    done = subprocess.run(["git", "config", name], capture_output=True, text=True, check=False)
    return done.stdout.strip()
