"""Several processes: what they learn is what one learns, a dead one ends all, the next run goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from tests.amt.synthetic_songs import make_song, write_dataset

from amt.train import launch
from muvisync.errors import UserError

DATA = Path("data/dataset")
# writes the loss of every step, the mean over the ranks, as one process would see it
STEPS = """
import json, sys
from pathlib import Path
import amt.train.fit as fit
from amt.train.history import History
from muvisync.params import load_params

losses, original = [], History.on_train_batch_end
def note(self, trainer, module, outputs, batch, place):
    losses.append(float(trainer.strategy.reduce(outputs["loss"].detach().clone(), reduce_op="mean")))
    original(self, trainer, module, outputs, batch, place)
History.on_train_batch_end = note
from amt.train.amt import train_amt
from amt.train.rhythm import train_rhythm
params = load_params()
train_amt(params.train_amt), train_rhythm(params.train_rhythm)
import os
if os.environ.get("RANK", "0") == "0":
    Path(sys.argv[1]).write_text(json.dumps(losses))
"""


@pytest.fixture
def write_params(workspace, tiny_params):
    """Write params.yaml for very small models; no dropout and no noise (towers), which differ from rank to rank."""
    write_dataset(
        DATA, [make_song(f"s{i}", 5 + i % 11) for i in range(43)] + [make_song(f"v{i}", 8, "val") for i in range(3)]
    )
    still = {
        "dropout": 0.0,
        "modality_dropout": 0.0,
        "learning_rate": 0.005,
        "patience": 99,
        "accelerator": "cpu",
        "threads": 1,
    }

    def write(**fit: object) -> None:
        params = tiny_params(
            train_amt=still | {"pointers": 2} | fit, train_rhythm=still | {"network": "gru", "hidden": 8} | fit
        )
        Path("params.yaml").write_text(json.dumps(params.model_dump()))

    return write


def losses(*command: str) -> list[float]:
    Path("steps.py").write_text(STEPS)
    done = subprocess.run([*command, "steps.py", "losses.json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(Path("losses.json").read_text())


def test_two_processes_learn_what_one_learns(write_params):
    """43 songs, 4 a step: the last step of an epoch has 3, of which the second process gets one."""
    write_params(batch_size=4, epochs=5)
    alone = losses(sys.executable)
    assert len(alone) == 2 * 5 * 11
    write_params(batch_size=2, devices=2, epochs=5)
    torchrun = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    together = losses(*torchrun)
    assert len(together) == len(alone)
    assert max(abs(one - two) for one, two in zip(alone, together, strict=True)) < 1e-4
    assert alone[50] < 0.9 * alone[0], "they learn something, too"


def start() -> subprocess.Popen:
    command = [sys.executable, "-m", "amt.train", "amt"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ranks_of(process: subprocess.Popen) -> list[psutil.Process]:
    return [child for child in psutil.Process(process.pid).children(recursive=True) if "amt.train" in child.cmdline()]


@pytest.mark.long
@pytest.mark.parametrize("victim", ["a rank", "the launcher"])
def test_a_dead_process_ends_all_and_the_next_run_goes_on(write_params, victim: str):
    write_params(batch_size=1, devices=2, epochs=400)
    process = start()
    while "epoch 3/" not in process.stdout.readline():
        assert process.poll() is None, process.stderr.read()
    ranks = ranks_of(process)
    assert len(ranks) == 2
    if victim == "a rank":
        next(rank for rank in ranks if rank.environ()["RANK"] == "1").send_signal(signal.SIGKILL)
        threading.Thread(target=process.stdout.read, daemon=True).start()
        said = process.stderr.read()
        assert process.wait(timeout=60) == 1
        assert "error: train_amt: rank 1 was killed by SIGKILL. The others were ended. Run again" in said
        assert "Traceback" not in said
    else:
        process.kill()
    _, left = psutil.wait_procs(ranks, timeout=60)
    assert not left, "nobody goes on alone"
    if victim == "the launcher":
        return
    write_params(batch_size=1, devices=2, epochs=400)
    again = start()
    lines = [again.stdout.readline() for _ in range(3)]
    again.terminate()
    again.communicate()
    assert any("an unfinished training is there, going on from its last epoch" in line for line in lines), lines


HANG = """
import time
from amt.train.amt_task import AmtTask
AmtTask.training_step = lambda self, batch, place: time.sleep(600)
from amt.train.amt import train_amt
from muvisync.params import load_params
train_amt(load_params().train_amt)
"""


def test_a_training_that_hangs_says_where_and_ends(write_params):
    write_params(hang_timeout=15.0)
    done = subprocess.run([sys.executable, "-c", HANG], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 75
    assert (
        "no step was finished for 15 s on rank 0; where it stood is in data/cache/stacks/train_amt-rank0.txt"
        in done.stderr
    )
    assert (
        "training_step" in Path("data/cache/stacks/train_amt-rank0.txt").read_text()
        or "<lambda>" in Path("data/cache/stacks/train_amt-rank0.txt").read_text()
    )


def test_several_nodes_are_started_by_torchrun_or_slurm(tiny_params, monkeypatch):
    for name in ("TORCHELASTIC_RUN_ID", "SLURM_NTASKS"):
        monkeypatch.delenv(name, raising=False)
    params = tiny_params(train_amt={"devices": 2, "num_nodes": 2}).train_amt
    with pytest.raises(UserError, match=r"num_nodes is 2: start this on every node with torchrun or SLURM"):
        launch.must_launch(params)
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    assert not launch.must_launch(params)
    assert launch.must_launch(tiny_params(train_amt={"devices": 1}).train_amt) is False
