"""The stages of the pipeline, read from the one place that orders them: dvc.yaml."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from muvisync.errors import UserError

PIPELINE_FILE = Path("dvc.yaml")
REPORT = Path("reports/index.html")
PER_ITEM = ("download", "transcribe", "video", "dataset", "generate")
"""The stages that keep a ledger."""


def stage_names() -> list[str]:
    """Names of all stages in the order they run. Raises UserError outside the project's folder."""
    if not PIPELINE_FILE.exists():
        raise UserError(f"{PIPELINE_FILE} is not here: run this in the project's folder")
    return list(YAML(typ="safe").load(PIPELINE_FILE.read_text())["stages"])
