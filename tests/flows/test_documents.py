"""Every command in the README and in docs/ is run, as it stands or as its stand-in here, or by the test named here."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from tests.faults.clips import make_clip

from muvisync.cli import app

REPO = Path(__file__).parents[2]
DOCUMENTS = [REPO / "README.md", *sorted((REPO / "docs").glob("*.md")), *sorted((REPO / "models").glob("*/README.md"))]
SHELL = ("bash", "-euo", "pipefail", "-c")


class Covered(NamedTuple):
    """Where a command is run that is too long or too far away to be run here: a test's file, and its words for it."""

    file: str
    words: str


WEEK = "tests/flows/test_week.py"
CLUSTER = "tests/muvisync/test_cluster.py"
RUN = Covered("tests/flows/conftest.py", '"muvisync", "run"')
IMPORT = Covered("tests/muvisync/cli/test_import.py", "run_import(release)")
RETRAIN = Covered("tests/flows/test_s3.py", '"muvisync", "retrain"')
EVALUATE = Covered("tests/amt/evaluate/test_evaluate_compare.py", '"--model"')
INSTEAD: dict[str, str | Covered] = {
    "make run": RUN,
    "muvisync run": RUN,
    "muvisync run -S train_amt.devices=2 -S train_amt.batch_size=2": Covered(
        "tests/amt/train/test_train_ddp.py", "devices=2"
    ),
    "muvisync retrain": RETRAIN,
    "dvc repro": Covered("tests/flows/test_s3.py", '"dvc", "repro"'),
    "make test": Covered(".ci/run", "make test"),
    "muvisync add https://example.org/clip.mp4 ~/videos/holiday.mov --license CC-BY-4.0": Covered(
        "tests/muvisync/cli/test_add.py", '"--license"'
    ),
    "muvisync add videos/*.mp4": Covered("tests/flows/test_growing.py", '"muvisync", "add"'),
    # with weights or songs that are not there: the presets themselves are read, their parts have tests of their own
    "muvisync run --preset own-videos": Covered("tests/muvisync/cli/test_commands.py", "read_preset(name)"),
    "muvisync run --preset muvi-sync": Covered("tests/muvisync/cli/test_commands.py", "read_preset(name)"),
    "muvisync import SOURCE": IMPORT,
    "muvisync import muvi-sync.zip": IMPORT,
    "muvisync generate folder-of-videos/ -o with-music/ --keep-audio --stems": Covered(
        "tests/amt/generate/test_generate_stage.py", "test_command_takes_a_folder"
    ),
    "python -m amt.evaluate --model ours models/amt --model rhythm models/rhythm --split test": EVALUATE,
    "python -m amt.evaluate --model ours models/amt --dataset data/dataset --split val": EVALUATE,
    "muvisync up": Covered(WEEK, '"muvisync", "up"'),
    "muvisync down": Covered(WEEK, '"muvisync", "down"'),
    "muvisync rollback": Covered(WEEK, '"muvisync", "rollback"'),
    "dvc remote add --default storage s3://bucket/path": "dvc remote add --default storage storage",
    "git pull": "git pull . HEAD",
    'pip install "muvisync[ray]"': Covered("pyproject.toml", "ray = ["),
    "ray start --head --port=6379": Covered(CLUSTER, "initialize_head=True"),
    "ray start --address=FIRST:6379": Covered(CLUSTER, "add_node("),
    "muvisync run -S run.engine=ray -S run.ray_address=FIRST:6379 -S run.items_per_task=8 -S run.gpus_per_item=0.25": (
        Covered(CLUSTER, "run.ray_address=")
    ),
}


def commands(document: Path) -> list[str]:
    """The commands of all ```sh blocks, without comments; lines that end in a backslash are joined."""
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text(), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in (re.sub(r"(^|\s+)#.*", "", line).strip() for line in lines) if line]


@pytest.fixture(scope="module")
def reader(finished, tmp_path_factory):
    """What a reader's folder holds: the project after a run, and a video with the name that the documents use."""
    workspace = finished[0].copy(tmp_path_factory.mktemp("documents"))
    make_clip(workspace.path / "film.mp4", 3)
    with (workspace.path / "params.yaml").open("a") as params:
        params.write("# something to commit\n")
    for who in ("AUTHOR", "COMMITTER"):
        workspace.environment |= {f"GIT_{who}_NAME": "A Reader", f"GIT_{who}_EMAIL": "reader@localhost"}
    return workspace


@pytest.mark.long
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(REPO).as_posix())
def test_every_command_does_what_it_should(reader, document: Path):
    for command in commands(document):
        instead = INSTEAD.get(command, command)
        if isinstance(instead, Covered):
            assert instead.words in (REPO / instead.file).read_text(), command
        else:
            reader.run(*SHELL, instead)


def test_the_stand_ins_are_of_commands_that_are_there():
    known = {command for document in DOCUMENTS for command in commands(document)}
    assert INSTEAD.keys() <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(REPO).as_posix())
def test_every_command_that_a_text_names_has_these_options(document: Path):
    known = typer.main.get_command(app).commands
    for line in re.findall(r"`(muvisync [^`]+)`", document.read_text()):
        name, *words = line.replace("[", "").replace("]", "").split()[1:]
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line
    for module in re.findall(r"`python -m (benchmarks[\w.]*)", document.read_text()):
        assert find_spec(module), module
