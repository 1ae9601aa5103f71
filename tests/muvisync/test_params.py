"""params.yaml: every problem at once, each with its place; presets load; one value can be set."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from muvisync.params import ParamsError, load_params, parse_params, set_params

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "params.yaml", *sorted((ROOT / "presets").glob("*.yaml"))]


@pytest.fixture
def values() -> dict:
    return copy.deepcopy(YAML(typ="safe").load((ROOT / "params.yaml").read_text()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_parameter_set_of_the_project_is_valid(path: Path):
    load_params(path)


def test_every_problem_is_named_at_once(values: dict):
    values["run"]["engine"] = "cloud"
    values["run"]["workers"] = "many"
    values["download"]["max_heigth"] = 480
    values["video"] |= {"encoder": "ViT-L-14-336", "weights": None}
    values["dataset"] |= {"val_share": 0.6, "test_share": 0.5}
    del values["transcribe"]["onset_threshold"]
    values["extra"] = {}
    with pytest.raises(ParamsError) as caught:
        parse_params(values)
    message = str(caught.value)
    assert "has 7 problem(s)" in message
    for place in (
        "run.engine:",
        "run.workers:",
        "download.max_heigth:",
        "video:",
        "dataset:",
        "transcribe.onset_threshold:",
    ):
        assert f"  {place}" in message
    assert "  extra:" in message


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("run", "attempts", 0),
        ("run", "workers", -1),
        ("run", "workers", True),
        ("run", "item_timeout", 0.0),
        ("download", "failure_budget", 1.5),
        ("download", "max_height", 480.5),
        ("download", "max_duration", -1.0),
        ("download", "max_bytes", 0),
        ("download", "max_duration", float("nan")),
    ],
)
def test_impossible_values_are_refused(values: dict, section: str, key: str, value: object):
    values[section][key] = value
    with pytest.raises(ParamsError, match=f"{section}.{key}"):
        parse_params(values)


@pytest.mark.parametrize("text", ["", "[]", "run: [", "run: 3", "a: &a [*a]"])
def test_other_files_are_refused(tmp_path: Path, text: str):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ParamsError, match=r"params\.yaml"):
        load_params(tmp_path / "params.yaml")


def test_a_missing_file_says_where_to_be(tmp_path: Path):
    with pytest.raises(ParamsError, match="project's folder"):
        load_params(tmp_path / "params.yaml")


def test_no_result_depends_on_budgets_and_time_outs(values: dict):
    before = parse_params(values).download.uses()
    values["download"] |= {"failure_budget": 0.9, "timeout": 1.0}
    assert parse_params(values).download.uses() == before
    values["download"]["max_duration"] = 1.0
    assert parse_params(values).download.uses() != before


def test_setting_a_value_keeps_the_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text((ROOT / "params.yaml").read_text())
    before = Path("params.yaml").read_text()
    set_params(["run.workers=1", "download.max_duration=12.5", "dataset.filters.speech.mode=drop"])
    after = Path("params.yaml").read_text()
    assert load_params().dataset.filters.speech.mode == "drop"
    assert (load_params().run.workers, load_params().download.max_duration) == (1, 12.5)
    assert before.count("#") == after.count("#")
    for wrong in (
        "run.workers",
        "workers=1",
        "run.none=1",
        "none.workers=1",
        "run.workers=many",
        "dataset.filters.speech=drop",
        "dataset.filters.speech.mode.x=1",
        "run.workers.x=1",
        "dataset.filters.speech.mode=sometimes",
    ):
        with pytest.raises(ParamsError):
            set_params([wrong])
    assert Path("params.yaml").read_text() == after
