"""The whole pipeline as a Prefect flow: one task per stage, each a `dvc repro` of that stage.

DVC decides what is stale, so Prefect's own result caching stays off; a stage is a process of its own, so training with
several devices can start itself again. `dvc repro` does the same work without Prefect.
"""

from __future__ import annotations

import argparse
import json
import subprocess

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed, State

from flows.artifacts import show_stage
from flows.steps import PYTHON, StepFailed, run_step, step, step_environment
from flows.zombies import end_zombie
from muvisync.errors import UserError
from muvisync.stages import REPORT, stage_names
from muvisync.workspace import Busy, Lock, exclusive

DVC = [PYTHON, "-m", "dvc"]


@flow(name="pipeline", log_prints=False)
def pipeline(force: list[str] | None = None) -> State:
    """Bring every stage up to date.

    Args:
        force: stages to run even though nothing they depend on has changed (`muvisync retry`).
    """
    try:
        with exclusive("a pipeline run", flow_run.id) as lock:
            end_zombie(lock.killed)
            ran = bring_up_to_date(lock, force or [])
    except Busy as error:
        return Cancelled(message=str(error))
    except UserError as error:
        return Failed(message=str(error))
    if not ran:
        return Completed(message=f"nothing to do: every stage is up to date, the report is {REPORT}")
    return Completed(message=f"done: the report is {REPORT}")


def bring_up_to_date(lock: Lock, force: list[str]) -> bool:
    """Run what is stale or forced and all that follows, a task a stage; whether there was anything to do.

    Raises:
        StepFailed: a stage failed.
    """
    logger, names = get_run_logger(), stage_names()
    stale = stale_stages() | set(force)
    if not stale:
        return False
    first = min(names.index(name) for name in stale)
    for number, name in enumerate(names[first:], start=first + 1):
        logger.info("stage %d of %d: %s", number, len(names), name)
        step(name)(repro)(name, name in force, lock)
    return True


def stale_stages() -> set[str]:
    """Names of the stages that DVC would run, as far as it can tell before the first of them has run.

    Raises:
        UserError: DVC can't tell, because of a mistake in dvc.yaml, say.
    """
    done = subprocess.run(
        [*DVC, "status", "--json"], capture_output=True, text=True, check=False, env=step_environment()
    )
    if done.returncode:
        raise UserError(f"dvc status failed: {done.stderr.strip()}")
    return set(json.loads(done.stdout or "{}"))


def repro(stage: str, force: bool, lock: Lock) -> None:
    """Reproduce one stage and show its outcomes, also those of a stage that failed. Raises StepFailed."""
    command = [*DVC, "repro", "--single-item", *(["--force"] if force else []), stage]
    try:
        run_step(command, lock)
    except StepFailed as error:
        raise StepFailed(f"{stage} failed; {error}") from error
    finally:
        show_stage(stage)


def main() -> None:
    """Run the flow from the command line: exit status 0 when every stage is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="append", metavar="STAGE", help="run this stage even if nothing changed")
    state = pipeline(force=parser.parse_args().force, return_state=True)
    print(state.message)
    raise SystemExit(0 if state.is_completed() else 1)


if __name__ == "__main__":
    main()
