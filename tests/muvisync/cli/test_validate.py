"""`muvisync validate` as people meet it: exit status, list, count, next step."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.cli.validate import MOST_LISTED
from muvisync.files import write_json
from muvisync.schema import VIDEOS

REPO = Path(__file__).parents[3]


def muvisync(*args: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", "from muvisync.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from muvisync.dataset.__main__ import main

    shutil.copy(REPO / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        name = f"song-{number}"
        media = {"video_id": name, "title": name, "source": "sample:0", "license": "", "duration": 4.0}
        media |= {"media": f"{name}.mp4", "sha256": name}
        write_json(Path(f"data/download/{name}.json"), media)
        per_second = {"chord": ["C"] * 4, "loudness": [0.1] * 4, "note_density": [1] * 4}
        write_json(Path(f"data/transcribe/{name}.json"), {"key": "C major", "per_second": per_second, "extractors": {}})
    main()


def test_a_good_dataset_ends_well(dataset):
    done = muvisync("validate")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 videos, 12 rows; every row is as it should be" in done.stdout
    assert "published splits were not compared" in done.stdout


def test_a_bad_one_lists_what_is_wrong_and_fails(dataset):
    rows = pq.read_table("data/dataset/videos.parquet").to_pylist()
    rows[1]["split"] = "elsewhere"
    pq.write_table(pa.Table.from_pylist(rows, VIDEOS), "data/dataset/videos.parquet")
    done = muvisync("validate")
    assert done.returncode == 1
    assert "data/dataset/videos.parquet: video song-1: split 'elsewhere' is none of train, val, test" in done.stdout
    assert done.stderr.startswith("error: data/dataset has 2 problem(s); `muvisync run` rebuilds")


def test_a_very_bad_one_is_cut_and_counted(dataset):
    row = pq.read_table("data/dataset/videos.parquet").to_pylist()[0]
    rows = [row | {"video_id": f"x{number:03d}", "content_hash": str(number)} for number in range(150)]
    pq.write_table(pa.Table.from_pylist(rows, VIDEOS), "data/dataset/videos.parquet")
    done = muvisync("validate")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == MOST_LISTED + 1
    assert done.stdout.splitlines()[-1].startswith("  and ")


def test_without_a_dataset_the_message_says_how_to_make_one(dataset):
    shutil.rmtree("data/dataset")
    done = muvisync("validate")
    assert (done.returncode, done.stdout) == (1, "")
    assert "make it with `muvisync run`" in done.stderr
