"""Steps of a flow: tasks that fail with a sentence, and programs whose lines go into the run's log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed, State

from muvisync.errors import UserError
from muvisync.workspace import Lock

P, R = ParamSpec("P"), TypeVar("R")

PYTHON = sys.executable
# DVC's advice to people at a prompt, of no use in the log of a run
_ADVICE = (
    "To track the changes with git",
    "To enable auto staging",
    "Use `dvc push`",
    "Updating lock file",
    "\tgit add",
    "\tdvc config",
)


class StepFailed(UserError):
    """A step of the run failed; the message is what it said, for people."""


def step(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a Prefect task; DVC and the journal know what is done, so Prefect caches nothing.

    A UserError becomes the failed state's message, without a traceback in the log; the caller gets StepFailed.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @task(name=name, cache_policy=NO_CACHE, persist_result=False)
        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | State:
            try:
                return function(*args, **kwargs)
            except UserError as error:
                return Failed(message=str(error))

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            state = guarded(*args, **kwargs, return_state=True)
            if not state.is_completed():
                raise StepFailed(state.message)
            return state.result()

        return call

    return decorate


def run_step(command: list[str], lock: Lock) -> str:
    """Run a program to its end, its lines into the log; its children hold the workspace's lock.

    Returns:
        the last line of its output.

    Raises:
        StepFailed: it ended with another status than 0.
    """
    logger, error, last = get_run_logger(), "", ""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=step_environment(),
        pass_fds=(lock.handle,),
    ) as process:
        for line in process.stdout or ():
            if line.strip() and not line.startswith(_ADVICE):
                logger.info(line.rstrip())
                last = line.strip()
            if line.lower().startswith("error:"):
                error = error or line.strip()
    if process.returncode:
        raise StepFailed(error or f"{' '.join(command[1:4])} ended with status {process.returncode}; its log is above")
    return last


def step_environment() -> dict[str, str]:
    """Stages are `python -m ...`: they must find this Python, also where .venv is not activated."""
    path = os.pathsep.join([str(Path(PYTHON).parent), os.environ.get("PATH", "")])
    return os.environ | {"PATH": path, "PYTHONUNBUFFERED": "1"}
