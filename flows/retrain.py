"""The scheduled job: notice new work, run the pipeline, let the gate decide, promote, publish, tell.

Every step knows whether it is done, so that a run that was killed anywhere is taken up by the next one. One run at a
time works in a workspace; another one that comes meanwhile ends as cancelled.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed, State

from flows.pipeline import DVC, bring_up_to_date, stale_stages
from flows.steps import PYTHON, run_step, step
from flows.zombies import end_zombie
from muvisync.decision import Decision, read_decision
from muvisync.errors import UserError
from muvisync.notify import NotifyError, post_webhook
from muvisync.params import RetrainParams, load_params
from muvisync.publish import publish
from muvisync.registry import checkout_champion, record, register
from muvisync.retrain.journal import Journal
from muvisync.retrain.news import News, add_news, look_for_news, remember_release
from muvisync.retrain.remote import missing_outputs, push_commands
from muvisync.retrain.report import decision_markdown, is_ours, outcome, run_entry, settled_decision
from muvisync.workspace import Busy, Lock, exclusive

REPORTS = Path("reports")


@flow(name="retrain", log_prints=False)
def retrain(force: bool = False) -> State:
    """Retrain if there is anything new, and replace the champion by a model that is measurably better.

    Args:
        force: train the models and let the gate decide even if nothing is new.
    """
    try:
        with exclusive("a retraining", flow_run.id) as lock:
            end_zombie(lock.killed)
            return Completed(message=_retrain(lock, force))
    except Busy as error:
        return Cancelled(message=str(error))
    except UserError as error:
        _tell({"outcome": "failed", "reasons": [str(error)]})
        return Failed(message=str(error))


def _retrain(lock: Lock, force: bool) -> str:
    """The run itself; how it ended, for people."""
    bring_data(lock)
    news = notice()
    decision = settled_decision()
    if not (force or news or decision is None or stale_stages()):
        if is_ours(decision):
            finish(decision, lock)  # nothing to do there either, unless the run before was killed
        return f"nothing to do: {decision.sentence}"
    take_in(news, lock)
    bring_up_to_date(lock, ["train_amt", "train_rhythm"] if force else [])
    return finish(gate(lock), lock)


@step("bring data")
def bring_data(lock: Lock) -> None:
    """Fetch from the DVC remote what this machine lacks; what the remote lacks too is made again."""
    stages = missing_outputs()
    if stages:
        try:
            run_step([*DVC, "pull", "--allow-missing", *stages], lock)
        except UserError as error:
            get_run_logger().warning("not pulled, so it is made again: %s", error)


@step("look for news")
def notice() -> News:
    """What is new outside: videos, a release."""
    news, logger = look_for_news(load_params()), get_run_logger()
    for problem in news.problems:
        logger.warning("not added: %s", problem)
    logger.info("%d new video(s)%s", len(news.videos), f", a newer release: {news.release}" if news.release else "")
    return news


@step("take in news")
def take_in(news: News, lock: Lock) -> None:
    """New videos join the catalog, a newer release is imported."""
    add_news(news)
    if news.release:
        run_step([PYTHON, "-m", "muvisync", "import", news.release], lock)
        remember_release(news)


@step("gate")
def gate(lock: Lock) -> Decision:
    """Candidate and champion on the same songs."""
    decision = read_decision(Path(run_step([PYTHON, "-m", "amt.gate"], lock)))
    create_markdown_artifact(decision_markdown(decision), key="gate", description=decision.sentence)
    return decision


def finish(decision: Decision, lock: Lock) -> str:
    """All that follows a decision, each step once; how the run ended."""
    params, journal = load_params().retrain, Journal(decision.id)
    journal.begin()
    settle(decision)
    if params.push and not journal.has("push"):
        push(lock)
        journal.add("push")
    if params.publish and not journal.has("publish", params.publish):
        publish_reports(decision, params.publish)
        journal.add("publish", params.publish)
    if not journal.has("tell"):
        _tell(outcome(decision))
        journal.add("tell")
    return decision.sentence


@step("settle")
def settle(decision: Decision) -> None:
    """Commit the decision, make a promoted candidate the champion, and lay the champion's files ready."""
    if decision.verdict == "promote":
        version = register(decision)
        get_run_logger().info("the champion is %s", version.name)
    else:
        record(decision)
    checkout_champion()


@step("push")
def push(lock: Lock) -> None:
    """Data and models to the DVC remote, commits and tags to Git's."""
    for command in push_commands():
        run_step(command, lock)


@step("publish")
def publish_reports(decision: Decision, address: str) -> None:
    """The reports to where people read them."""
    published = publish(REPORTS, address, run_entry(decision))
    get_run_logger().info(published.sentence)


def _tell(what: dict) -> None:
    """Post the outcome to the webhook; a receiver that is away costs the run nothing."""
    params: RetrainParams = load_params().retrain
    if params.webhook:
        try:
            post_webhook(params.webhook, what)
        except NotifyError as error:
            get_run_logger().warning("nobody was told: %s", error)


def main() -> None:
    """Run the flow from the command line: exit status 0 when it came to its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train and decide even if nothing is new")
    state = retrain(force=parser.parse_args().force, return_state=True)
    print(state.message)
    raise SystemExit(0 if state.is_completed() else 1)


if __name__ == "__main__":
    main()
