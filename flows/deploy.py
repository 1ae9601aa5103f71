"""`python -m flows.deploy`: the work pool, the deployments of prefect.yaml and the automations, on the server in use.

Safe to repeat: what is there is brought up to date.
"""

from __future__ import annotations

import subprocess
from contextlib import suppress
from datetime import timedelta

from prefect.automations import Automation, EventTrigger, Posture
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.events.actions import CallWebhook, ChangeFlowRunState
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import StateType

from flows.steps import PYTHON
from muvisync.params import load_params
from muvisync.service import POOL

SILENCE = timedelta(seconds=120)
"""After which a run that gives no sign of life is taken for dead; runs give one every 30 s."""
ENDS = ("Completed", "Failed", "Cancelled", "Crashed")
ZOMBIES, BROKEN = "muvisync: zombie runs", "muvisync: runs that fail"


def deploy() -> None:
    """Bring the server up to date with this workspace."""
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    subprocess.run([PYTHON, "-m", "prefect", "--no-prompt", "deploy", "--all"], check=True)
    _put(zombie_automation())
    if webhook := load_params().retrain.webhook:
        _put(failure_automation(webhook))
    else:
        _delete(BROKEN)


def zombie_automation() -> Automation:
    """Runs that go silent are marked as crashed: their machine, or their worker with them, was killed."""
    trigger = EventTrigger(
        after={"prefect.flow-run.heartbeat"},
        expect={"prefect.flow-run.heartbeat", *(f"prefect.flow-run.{end}" for end in ENDS)},
        match={"prefect.resource.id": ["prefect.flow-run.*"]},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENCE,
    )
    action = ChangeFlowRunState(state=StateType.CRASHED, message=f"no sign of life for {SILENCE.seconds} s")
    return Automation(name=ZOMBIES, description="Marks silent runs as crashed.", trigger=trigger, actions=[action])


def failure_automation(address: str) -> Automation:
    """Runs that fail or crash are posted by the server itself: a killed run can't tell anybody."""
    block = Webhook(method="POST", url=address).save("muvisync", overwrite=True)
    trigger = EventTrigger(
        expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed"},
        match={"prefect.resource.id": ["prefect.flow-run.*"]},
        posture=Posture.Reactive,
        threshold=1,
    )
    text = "flow.name ~ ' ' ~ flow_run.name ~ ': ' ~ flow_run.state.name ~ ', ' ~ flow_run.state.message"
    action = CallWebhook(block_document_id=block, payload=f'{{"text": {{{{ ({text}) | tojson }}}}}}')
    return Automation(name=BROKEN, description=f"Posts to {address}.", trigger=trigger, actions=[action])


def _put(automation: Automation) -> None:
    """One of a name: the old one goes."""
    _delete(automation.name)
    automation.create()


def _delete(name: str) -> None:
    with suppress(ValueError):  # there is none
        Automation.read(name=name).delete()


if __name__ == "__main__":
    deploy()
