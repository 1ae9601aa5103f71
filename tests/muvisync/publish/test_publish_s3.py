"""Publishing to S3: what a browser is told, what is sent again, and what people read when it can't be reached."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import fsspec
import pytest
import requests
import s3fs
from botocore.exceptions import ClientError, EndpointConnectionError
from moto.server import ThreadedMotoServer

from muvisync.errors import UserError
from muvisync.publish import publish
from muvisync.publish.store import Store

SITE = "s3://reports/site"
SECRET = "wJal/rXUtnFEMI"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A client of an S3 server on this machine, which has a bucket."""
    server = ThreadedMotoServer(port=0)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    requests.post(f"{address}/moto-api/reset", timeout=30)  # its buckets outlive it
    named = {"ENDPOINT_URL": address, "ACCESS_KEY_ID": "me", "SECRET_ACCESS_KEY": SECRET, "DEFAULT_REGION": "us-east-1"}
    for name, value in named.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="reports")
    yield client
    server.stop()


def objects(client: object) -> dict[str, tuple]:
    """Key -> ETag and time of every object."""
    found = client.list_objects_v2(Bucket="reports")["Contents"]
    return {each["Key"]: (each["ETag"], each["LastModified"]) for each in found}


def replace_put(monkeypatch: pytest.MonkeyPatch, put: object) -> None:
    """Files are put by `put` from now on; those who have the old one in hand are forgotten."""
    monkeypatch.setattr(s3fs.S3FileSystem, "_pipe_file", put)
    s3fs.S3FileSystem.clear_instance_cache()


def test_browsers_get_pages_and_never_an_old_latest(bucket, write_report, make_entry, shown):
    publish(write_report("one"), SITE, make_entry(1))
    assert shown(SITE) == make_entry(1).id
    head = {key: bucket.head_object(Bucket="reports", Key=key) for key in objects(bucket)}
    kinds = {key.removeprefix("site/"): (it["ContentType"], it.get("CacheControl")) for key, it in head.items()}
    assert kinds["latest/index.html"] == kinds["index.html"] == ("text/html", "no-cache")
    assert kinds["latest.json"] == ("application/json", "no-cache")
    run = f"runs/{make_entry(1).id}"
    assert kinds[f"{run}/generate/ä b.mp4"] == ("video/mp4", None)
    assert kinds[f"{run}/index.html"] == ("text/html", None)


def test_only_what_is_not_there_is_sent(bucket, write_report, make_entry, shown, monkeypatch):
    put, left = s3fs.S3FileSystem._pipe_file, 2

    async def put_two(self: object, *args: object, **kwargs: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise EndpointConnectionError(endpoint_url="http://me:secret@gone/x?X-Amz-Signature=secret")
        await put(self, *args, **kwargs)

    replace_put(monkeypatch, put_two)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    reports, entry = write_report("one"), make_entry(1)
    with pytest.raises(UserError, match="What was published before is untouched") as caught:
        publish(reports, SITE, entry)
    assert "secret" not in str(caught.value)
    replace_put(monkeypatch, put)
    key = f"site/runs/{entry.id}/evaluate/metrics.json"
    bucket.put_object(Bucket="reports", Key=key, Body=b"{} two")  # of an older report, as long as the new one
    sent: list[str] = []
    published = publish(reports, SITE, entry, sent.append)
    assert (published.kept, sent) == (1, ["1 of 2 files: evaluate/metrics.json", "2 of 2 files: index.html"])
    assert shown(SITE) == entry.id
    before = objects(bucket)
    again = publish(reports, SITE, entry)
    assert again.written == 0 and "nothing has changed" in again.sentence
    assert objects(bucket) == before
    bucket.delete_object(Bucket="reports", Key=key)
    assert publish(reports, SITE, entry).written == 1  # what somebody deleted comes back
    assert shown(SITE) == entry.id


def test_a_bucket_that_is_not_there_or_not_ours(bucket, write_report, make_entry, monkeypatch):
    reports = write_report("one")
    with pytest.raises(UserError, match=r"s3://no-such/x: there is no such place; make the bucket"):
        publish(reports, "s3://no-such/x", make_entry(1))
    with pytest.raises(UserError, match="holds a password") as caught:
        publish(reports, f"s3://me:{SECRET}@reports/x", make_entry(1))
    assert "wJal" not in str(caught.value) and "FEMI" not in str(caught.value)

    async def refuse(*args: object, **kwargs: object) -> None:
        about = {"Error": {"Code": "SignatureDoesNotMatch", "Message": SECRET}}
        raise PermissionError(SECRET) from ClientError(about, "PutObject")

    replace_put(monkeypatch, refuse)
    with pytest.raises(UserError, match=r"s3://reports/site: not allowed \(SignatureDoesNotMatch\)") as caught:
        publish(reports, SITE, make_entry(1))
    assert SECRET not in str(caught.value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(UserError, match=r"no credentials that work \(NoCredentialsError\)"):
        publish(reports, SITE, make_entry(1))


def test_what_an_address_must_not_be(monkeypatch):
    def missing(address: str) -> None:
        raise ImportError("Install s3fs to access S3")

    for address, words in (
        ("", "the address to publish to is empty"),
        ("simplecache::s3://reports/x", "chains"),
        ("nonsense://x", "no address that can be written to"),
    ):
        with pytest.raises(UserError, match=words):
            Store(address)
    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(UserError, match=r"`pip install muvisync\[s3\]`"):
        Store("s3://reports/x")
    with pytest.raises(UserError, match=r"`pip install muvisync\[gcs\]`"):
        Store("gs://reports/x")
