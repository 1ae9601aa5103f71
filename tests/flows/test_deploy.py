"""What prefect.yaml and the automations say must agree."""

from __future__ import annotations

from pathlib import Path

from flows.deploy import SILENCE
from ruamel.yaml import YAML

PREFECT = YAML(typ="safe").load((Path(__file__).parents[2] / "prefect.yaml").read_text())


def test_a_run_that_is_alive_gives_several_signs_before_it_counts_as_crashed():
    for deployment in PREFECT["deployments"]:
        environment = deployment["work_pool"]["job_variables"]["env"]
        assert 3 * int(environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) < SILENCE.total_seconds(), deployment["name"]
