"""Flow runs whose process is gone while Prefect still takes them for running."""

from __future__ import annotations

from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from muvisync.workspace import Owner


def end_zombie(killed: Owner | None) -> None:
    """Tell Prefect that the run before did not come to its end, where Prefect does not know it yet."""
    if killed is None:
        return
    get_run_logger().warning("%s before this one was killed (process %d); taking it up", killed.what, killed.pid)
    if killed.run is None:
        return
    with get_client(sync_client=True) as client:
        try:
            run = client.read_flow_run(UUID(killed.run))
            if not run.state.is_final():
                client.set_flow_run_state(run.id, Crashed(message="its process is gone"), force=True)
        except ObjectNotFound:  # it ran with another server
            pass
