"""The whole pipeline as a Prefect flow: one task per stage, each a `dvc repro` of that stage.

DVC decides what is stale, so Prefect's own result caching stays off; a stage is a process of its own, so training with
several devices can start itself again. `dvc repro` does the same work without Prefect.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed, State

from muvisync.ledger import STATUSES
from muvisync.stages import PER_ITEM, REPORT, stage_names
from muvisync.status import stage_status

DVC = [sys.executable, "-m", "dvc"]
# DVC's advice to people at a prompt, of no use in the log of a run
_ADVICE = (
    "To track the changes with git",
    "To enable auto staging",
    "Use `dvc push`",
    "Updating lock file",
    "\tgit add",
    "\tdvc config",
)


@flow(name="pipeline", log_prints=False)
def pipeline(force: list[str] | None = None) -> State:
    """Bring every stage up to date.

    Args:
        force: stages to run even though nothing they depend on has changed (`muvisync retry`).
    """
    logger = get_run_logger()
    stale = stale_stages() | set(force or ())
    if not stale:
        return Completed(message=f"nothing to do: every stage is up to date, the report is {REPORT}")
    names = stage_names()
    first = min(names.index(name) for name in stale)
    for number, name in enumerate(names[first:], start=first + 1):
        logger.info("stage %d of %d: %s", number, len(names), name)
        state = repro.with_options(name=name)(name, name in (force or ()), return_state=True)
        if not state.is_completed():
            return Failed(message=state.message)
    return Completed(message=f"done: the report is {REPORT}")


def stale_stages() -> set[str]:
    """Names of the stages that DVC would run, as far as it can tell before the first of them has run."""
    done = subprocess.run([*DVC, "status", "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dvc status failed: {done.stderr.strip()}")
    return set(json.loads(done.stdout or "{}"))


@task(cache_policy=NO_CACHE, persist_result=False)
def repro(stage: str, force: bool) -> State:
    """Reproduce one stage and publish its ledger as an artifact."""
    logger = get_run_logger()
    command = [*DVC, "repro", "--single-item", *(["--force"] if force else []), stage]
    error = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            if line.strip() and not line.startswith(_ADVICE):
                logger.info(line.rstrip())
            if line.lower().startswith("error:"):
                error = error or line.strip()
    publish_outcomes(stage)
    if process.returncode:
        return Failed(message=f"{stage} failed; {error or 'its log is above'}")
    return Completed(message=f"{stage} is up to date")


def publish_outcomes(stage: str) -> None:
    """Publish the counts of a stage's ledger, and each item that is not ok, as a Prefect artifact."""
    if stage not in PER_ITEM:
        return
    status = stage_status(stage)
    rows = [f"| {name} | {status[name]} |" for name in ("input", *STATUSES)]
    lost = [f"| {item['id']} | {item['status']} | {item['reason']} |" for item in status["items"] if item["reason"]]
    table = ["| outcome | items |", "|---|---|", *rows]
    if lost:
        table += ["", "| item | outcome | reason |", "|---|---|---|", *lost]
    create_markdown_artifact("\n".join(table), key=f"ledger-{stage}", description=f"Outcomes of stage {stage}")


def main() -> None:
    """Run the flow from the command line: exit status 0 when every stage is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="append", metavar="STAGE", help="run this stage even if nothing changed")
    state = pipeline(force=parser.parse_args().force, return_state=True)
    print(state.message)
    raise SystemExit(0 if state.is_completed() else 1)


if __name__ == "__main__":
    main()
