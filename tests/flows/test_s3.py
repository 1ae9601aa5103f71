"""A DVC remote on S3: what one machine pushes, another one has after a pull, the champion included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.clips import make_clip

from muvisync.files import file_hash

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """An S3 server on this machine with a bucket; the environment that leads to it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], **keys).create_bucket(Bucket="data")
    yield environment
    server.stop()


def test_push_clone_pull_and_make_music_with_the_champion(finished, tmp_path: Path, s3):
    here = finished[0].copy(tmp_path / "here")
    here.environment |= s3
    here.run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "origin"))
    here.run("git", "remote", "add", "origin", str(tmp_path / "origin"))
    here.run("dvc", "remote", "add", "--default", "storage", "s3://data/dvc")
    here.set("retrain.push=true", "retrain.publish=s3://data/reports")
    here.commit("Add a remote")
    said = here.run("muvisync", "retrain")
    assert "promoted: there was no champion" in said

    (tmp_path / "there").mkdir()
    here.run("git", "clone", "--quiet", str(tmp_path / "origin"), str(tmp_path / "there"))
    there = type(here)(tmp_path / "there")
    there.environment |= s3
    there.run("dvc", "pull", "--quiet")
    assert "Data and pipelines are up to date" in there.run("dvc", "repro")
    assert there.parquet() == here.parquet()

    make_clip(there.path / "film.mp4", 3)
    said = there.run("muvisync", "generate", "film.mp4", "-o", "out.mp4")
    assert "composing with the models v1.0.0" in said and (there.path / "out.mp4").stat().st_size > 0
    weights = "models/champion/amt/model.safetensors"
    assert file_hash(there.path / weights) == file_hash(here.path / weights)
    (version,) = json.loads(there.run("muvisync", "models", "--json"))["versions"]
    assert (version["name"], version["champion"]) == ("v1.0.0", True)
    assert "nothing to do" in there.run("muvisync", "retrain"), "a second machine takes the work as done"
