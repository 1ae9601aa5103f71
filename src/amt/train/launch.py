"""The processes of a training with several devices: torch's elastic agent starts them, and ends them together.

Under torchrun or SLURM they are started already.
"""

from __future__ import annotations

import logging
import os
import signal
import sys

from muvisync.errors import UserError
from muvisync.params import TrainAmtParams, TrainRhythmParams

_STARTED = ("TORCHELASTIC_RUN_ID", "SLURM_NTASKS")
_LAUNCHER = "MUVISYNC_LAUNCHER"
# torch has no type for it; what gloo and NCCL say
_GONE = ("Connection reset", "Connection closed", "Connection refused", "Broken pipe", "NCCL")


def must_launch(params: TrainAmtParams | TrainRhythmParams) -> bool:
    """Whether this process is to start others instead of training.

    Raises:
        UserError: there are several nodes: each must be started by torchrun or SLURM.
    """
    if params.devices * params.num_nodes == 1 or any(name in os.environ for name in _STARTED):
        return False
    if params.num_nodes > 1:
        raise UserError(
            f"num_nodes is {params.num_nodes}: start this on every node with torchrun or SLURM, as "
            "docs/many-machines.md shows, or set it to 1"
        )
    return True


def launcher() -> int | None:
    """The process that `launch` ran in, for those that it started."""
    return int(os.environ[_LAUNCHER]) if _LAUNCHER in os.environ else None


def launch(stage: str, model: str, devices: int) -> None:
    """Train with `devices` processes on this machine, and wait for their end.

    Raises:
        UserError: one of them failed or was killed; the others were ended then.
    """
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)  # what it says is said below, shorter
    os.environ[_LAUNCHER] = str(os.getpid())
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=devices,
        run_id=stage,
        rdzv_backend="c10d",
        rdzv_endpoint="127.0.0.1:0",  # a port that is free
        local_addr="127.0.0.1",
        max_restarts=0,
        monitor_interval=0.5,
    )
    try:
        elastic_launch(config, sys.executable)("-u", "-m", "amt.train", model)
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        raise UserError(
            f"{stage}: rank {rank} {_how_it_ended(failure.exitcode)}. The others were ended. Run again: it goes on "
            "from its last epoch"
        ) from None


def lost_others(error: RuntimeError) -> bool:
    """Whether a collective operation failed because another process is gone."""
    return any(words in str(error) for words in _GONE)


def _how_it_ended(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}; its message is above"
