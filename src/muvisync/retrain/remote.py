"""Where the pipeline's outputs are beside this machine: the DVC remote, and Git's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from muvisync.errors import UserError

_DVC = [sys.executable, "-m", "dvc"]
_LOCK_FILE = Path("dvc.lock")


def has_remote() -> bool:
    """Whether a default DVC remote is configured."""
    done = subprocess.run([*_DVC, "config", "core.remote"], capture_output=True, text=True, check=False)
    return done.returncode == 0 and bool(done.stdout.strip())


def missing_outputs() -> list[str]:
    """Stages that dvc.lock has outputs of which this machine lacks, where there is a remote to fetch them from."""
    stages = YAML(typ="safe").load(_LOCK_FILE.read_text()).get("stages", {}) if _LOCK_FILE.exists() else {}
    lacking = [
        name for name, stage in stages.items() if any(not Path(out["path"]).exists() for out in stage.get("outs", ()))
    ]
    return lacking if lacking and has_remote() else []


def push_commands() -> list[list[str]]:
    """What pushes outputs to the DVC remote, and commits and tags to Git's origin, where there is one.

    Raises:
        UserError: there is no DVC remote.
    """
    if not has_remote():
        raise UserError("retrain.push: there is no DVC remote; `dvc remote add --default NAME ADDRESS` adds one")
    remotes = subprocess.run(["git", "remote"], capture_output=True, text=True, check=False).stdout.split()
    return [
        [*_DVC, "push"],
        *([["git", "push", "--follow-tags", "origin", "HEAD"]] if "origin" in remotes else []),
    ]
