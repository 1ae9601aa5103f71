import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from muvisync.errors import UserError
from muvisync.files import file_hash, read_json, write_json
from muvisync.ledger import Ledger
from muvisync.params import load_params
from muvisync.schema import SCHEMA_VERSION, VIDEO_ARTIFACT, SchemaError, read_table
from muvisync.stage import StageFailed
from muvisync.video.__main__ import main
from muvisync.video.artifact import METADATA_KEY, features_to_table, write_table
from muvisync.video.clip import ClipEncoder
from muvisync.video.extract import video_to_features
from muvisync.video.work import result_uses

Make = Callable[..., Path]
PARAMS = Path(__file__).parents[3] / "params.yaml"
DOWNLOAD, OUT = Path("data/download"), Path("data/video")


def offer(path: Path, name: str) -> None:
    """Put a file where the download stage puts it."""
    DOWNLOAD.mkdir(parents=True, exist_ok=True)
    media = DOWNLOAD / f"{name}{path.suffix}"
    shutil.copy(path, media)
    write_json(DOWNLOAD / f"{name}.json", {"video_id": name, "media": media.name, "sha256": file_hash(media)})


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    text = PARAMS.read_text().replace("engine: processes", "engine: serial")
    (folder / "params.yaml").write_text(text)
    monkeypatch.chdir(folder)
    return folder


def outcomes() -> dict[str, tuple[str, str]]:
    return {record.id: (record.status, record.reason) for record in Ledger("video").records.values()}


def test_every_file_has_its_outcome(workspace: Path, make_clip: Make, tmp_path: Path):
    offer(make_clip("a.mp4"), "good")
    offer(make_clip("song.m4a", "-f", "lavfi", "-i", "sine=d=1", "-map", "1:a"), "song")
    (tmp_path / "bad.mp4").write_bytes(b"not a video")
    offer(tmp_path / "bad.mp4", "bad")
    write_json(DOWNLOAD / "good.truth.json", {})
    write_json(DOWNLOAD / ".draft.json", {})
    (workspace / "params.yaml").write_text(
        (workspace / "params.yaml").read_text().replace("failure_budget: 0.2", "failure_budget: 0.5")
    )
    main()
    found = outcomes()
    assert found["good"] == ("ok", "")
    assert found["song"] == ("filtered", "no picture")
    assert found["bad"][0] == "failed"
    assert found["bad"][1].startswith("not a video that can be opened")
    assert len(found) == 3
    assert [path.name for path in OUT.iterdir()] == ["good.parquet"]


def test_too_many_failures_end_the_stage(workspace: Path, tmp_path: Path):
    (tmp_path / "bad.mp4").write_bytes(b"not a video")
    offer(tmp_path / "bad.mp4", "bad")
    with pytest.raises(StageFailed):
        main()


def test_growing_equals_starting_afresh(workspace: Path, make_clip: Make):
    offer(make_clip("a.mp4"), "a")
    main()
    before = (OUT / "a.parquet").stat().st_mtime_ns
    offer(make_clip("b.mp4", rate="30000/1001"), "b")
    main()
    assert (OUT / "a.parquet").stat().st_mtime_ns == before
    grown = {path.name: path.read_bytes() for path in OUT.iterdir()}
    shutil.rmtree("data/video")
    shutil.rmtree("data/ledger")
    main()
    assert {path.name: path.read_bytes() for path in OUT.iterdir()} == grown


def test_an_encoder_that_can_not_be_had_ends_the_stage_before_any_item(workspace: Path, make_clip: Make):
    offer(make_clip("a.mp4"), "a")
    text = (workspace / "params.yaml").read_text()
    text = text.replace("encoder: sample ", "encoder: ViT-L-14-336 ").replace(
        "weights: null", "weights: gone.safetensors"
    )
    (workspace / "params.yaml").write_text(text)
    with pytest.raises(UserError, match=r"gone\.safetensors"):
        main()
    assert not Path("data/ledger/video.jsonl").exists()


def test_the_artifact_follows_the_schema(make_clip: Make, encoder: ClipEncoder, tmp_path: Path):
    features = video_to_features(make_clip("a.mp4"), encoder)
    path = tmp_path / "a.parquet"
    write_table(features_to_table("a", features), path)
    table = read_table(path, VIDEO_ARTIFACT)
    assert table["second"].to_pylist() == [0, 1, 2]
    assert table["semantic"].to_pylist()[1] == features.semantic[1].tolist()
    assert table["motion"].to_pylist() == features.motion.tolist()
    (tmp_path / "facts.json").write_bytes(pq.read_schema(path).metadata[METADATA_KEY])
    assert read_json(tmp_path / "facts.json") == features.metadata | {"video_id": "a"}


def test_a_video_is_extracted_anew_for_another_schema(workspace: Path):
    assert result_uses(load_params().video)["schema"] == SCHEMA_VERSION


def test_a_table_of_another_schema_is_not_written(make_clip: Make, encoder: ClipEncoder, tmp_path: Path):
    table = features_to_table("a", video_to_features(make_clip("a.mp4"), encoder))
    with pytest.raises(SchemaError, match="motion"):
        write_table(table.drop_columns(["motion"]), tmp_path / "a.parquet")
    assert not (tmp_path / "a.parquet").exists()
