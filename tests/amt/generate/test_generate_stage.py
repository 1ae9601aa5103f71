"""The stage on a small workspace, and the command on one video."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from amt.generate.__main__ import main
from amt.model import save_model
from muvisync import pretrained
from muvisync.cli import app
from muvisync.container import probe
from muvisync.errors import UserError
from muvisync.files import file_hash, read_json, write_json
from muvisync.pretrained import FoundModels, find_models
from muvisync.schema import VIDEO_ARTIFACT, VIDEOS

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
PROJECT = Path(__file__).parents[3]
SPLITS = {"aa": "train", "bb": "val", "cc": "test", "dd": "test", "ee": "test"}
SECONDS = 5


@pytest.fixture
def workspace(tmp_path, monkeypatch, models, make_video, make_features) -> Path:
    """Five videos; dd has no features of its picture, ee no media file."""
    monkeypatch.chdir(tmp_path)
    text = (PROJECT / "params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("engine: processes", "engine: serial"))
    for name, model in by_folder(models).items():
        save_model(Path("models") / name, model)
    rows = []
    for name, split in SPLITS.items():
        rows.append(video_row(name, split))
        if name != "ee":
            write_media(name, make_video("stage.mp4", SECONDS, *H264))
        if name != "dd":
            write_features(Path(f"data/video/{name}.parquet"), make_features(SECONDS))
    Path("data/dataset").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=VIDEOS), "data/dataset/videos.parquet")
    return tmp_path


def by_folder(models) -> dict:
    return {"amt": models.chords, "rhythm": models.rhythm}


def video_row(name: str, split: str) -> dict:
    row = dict.fromkeys(VIDEOS.names)
    row |= {"video_id": name, "title": f"Title of {name}", "seconds": SECONDS, "split": split, "content_hash": name}
    return row | {"provenance": "extracted", "has_audio": True, "has_video": True, "shard": "part-00000.parquet"}


def write_media(name: str, video: Path) -> None:
    path = Path(f"data/download/{name}.mp4")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(video, path)
    write_json(path.with_suffix(".json"), {"video_id": name, "media": path.name, "sha256": file_hash(path)})


def write_features(path: Path, features) -> None:
    values = features.values
    columns = {
        "second": pa.array(range(SECONDS), pa.int32()),
        "semantic": pa.array(list(values["semantic"].astype(np.float16)), pa.list_(pa.float16(), 768)),
        "emotion": pa.array(list(values["emotion"]), pa.list_(pa.float32(), 6)),
        "motion": pa.array([None, *values["motion"][1:]], pa.float32()),
        "scene_id": pa.array([0] * SECONDS, pa.int32()),
        "scene_offset": pa.array(range(SECONDS), pa.int32()),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns, schema=VIDEO_ARTIFACT), path)


def made() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("reports/generate/videos").iterdir()}


def test_held_out_videos_get_music(workspace):
    main()
    metrics = read_json(Path("reports/generate/metrics.json"))
    assert {name: video["split"] for name, video in metrics["videos"].items()} == {"cc": "test", "bb": "val"}
    assert metrics["total"]["videos"] == 2 and metrics["total"]["largest_duration_error_ms"] < 50
    files = made()
    assert set(files) == {f"{name}.{kind}" for name in ("bb", "cc") for kind in ("mp4", "mid", "wav", "json", "jpg")}
    about = read_json(Path("reports/generate/videos/cc.json"))
    assert about["title"] == "Title of cc" and len(about["per_second"]["motion"]) == SECONDS

    main()  # nothing to do
    assert made() == files
    shutil.rmtree("reports"), shutil.rmtree("data/ledger")
    main()  # from scratch
    assert made() == files
    assert read_json(Path("reports/generate/metrics.json")) == metrics


def test_another_seed_is_other_music_and_an_orphan_goes(workspace):
    main()
    files = made()
    text = Path("params.yaml").read_text()
    section, rest = text.split("generate:")
    Path("params.yaml").write_text(
        f"{section}generate:{rest.replace('seed: 0', 'seed: 7').replace('videos: 2', 'videos: 1')}"
    )
    main()
    assert set(made()) == {f"cc.{kind}" for kind in ("mp4", "mid", "wav", "json", "jpg")}
    assert made()["cc.mid"] != files["cc.mid"]


def test_no_video_to_make_music_for(workspace):
    shutil.rmtree("data/download")
    main()
    assert read_json(Path("reports/generate/metrics.json"))["total"]["videos"] == 0


def test_training_videos_only_where_nothing_is_held_out(workspace):
    for name in ("bb", "cc"):
        Path(f"data/video/{name}.parquet").unlink()
    main()
    assert {name[:2] for name in made()} == {"aa"}


def test_no_model_is_said_with_the_next_step(workspace):
    shutil.rmtree("models/rhythm")
    with pytest.raises(UserError, match="muvisync run"):
        main()


def run(*args: str):
    return CliRunner().invoke(app, ["generate", *args])


def test_command(workspace, make_video):
    video = make_video("silent film.mp4", 3, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-an")
    result = run(str(video), "--key", "Eb minor", "--primer", "Ebm Abm", "-o", "out.mp4")
    assert result.exit_code == 0, result.output
    info = probe(Path("out.mp4"))
    assert info.has_audio and info.has_video and abs(info.duration - 3) < 0.05
    assert all(Path(f"out{suffix}").stat().st_size for suffix in (".mid", ".wav", ".svg"))
    assert read_json(Path("out.json"))["key"] == "D# minor"
    assert "chords: D#:min" in result.output
    first = Path("out.mid").read_bytes()
    assert run(str(video), "--key", "Eb minor", "--primer", "Ebm Abm", "-o", "out.mp4").exit_code == 0
    assert Path("out.mid").read_bytes() == first


def test_command_takes_a_folder_and_one_bad_video_costs_the_others_nothing(workspace, make_video):
    folder = Path("videos")
    folder.mkdir()
    shutil.copy(make_video("silent film.mp4", 3, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-an"), folder / "b.mp4")
    Path(folder / "a.mp4").write_text("not a video")
    result = run("videos", "--variants", "2", "-o", "music")
    assert isinstance(result.exception, UserError) and "1 of 2 videos got no music: a.mp4" in str(result.exception)
    assert {path.name for path in Path("music").glob("*.mp4")} == {"b-1.mp4", "b-2.mp4"}
    with pytest.raises(UserError, match="another folder"):
        raise run("videos", "-o", "videos").exception


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nowhere.mp4"], "no such file"),
        (["params.yaml"], "not a video"),
        (["VIDEO", "-o", "out.avi"], "ends in .mp4"),
        (["VIDEO", "-o", "VIDEO"], "overwrite the video"),
        (["VIDEO", "--key", "H major"], "is not a key"),
        (["VIDEO", "--primer", "Am Xyz"], "'Xyz' is not a chord"),
        (["VIDEO", "--temperature", "0"], "temperature 0"),
        (["VIDEO", "--seed", "-1"], "seed -1"),
        (["VIDEO", "--mood", "cheerful"], "mood 'cheerful'"),
        (["VIDEO", "--style", "polka"], "no style 'polka'"),
        (["VIDEO", "--style", "piano", "--instruments", "kazoo"], "kazoo"),
        (["VIDEO", "--tempo", "1000"], "tempo 1000"),
        (["data"], "there is no video in this folder"),
    ],
)
def test_command_says_what_is_wrong(workspace, make_video, args, words):
    video = str(make_video("stage.mp4", SECONDS, *H264))
    result = run(*(video if arg == "VIDEO" else arg for arg in args))
    assert isinstance(result.exception, UserError) and words in str(result.exception)


def test_command_without_models(workspace, make_video, monkeypatch):
    monkeypatch.setattr(pretrained, "PRETRAINED", Path("nowhere"))
    shutil.rmtree("models")
    result = run(str(make_video("stage.mp4", SECONDS, *H264)))
    assert "muvisync run" in str(result.exception)


def test_own_models_come_first_then_the_pretrained_and_never_one_of_each(tmp_path, models, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, model in by_folder(models).items():
        save_model(Path("shipped") / name, model)
    assert find_models(pretrained=Path("shipped")) == FoundModels(Path("shipped"), "the pretrained models of MuViSync")
    save_model(Path("models/amt"), models.chords)
    assert find_models(pretrained=Path("shipped")).folder == Path("shipped"), "a training that is half done"
    save_model(Path("models/rhythm"), models.rhythm)
    assert find_models(pretrained=Path("shipped")) == FoundModels(Path("models"), "the models trained here")
    shutil.rmtree("models/rhythm")
    with pytest.raises(UserError, match="models/rhythm, and none came"):
        find_models(pretrained=Path("elsewhere"))


def test_command_says_which_models_and_leaves_out_what_they_do_not_know(workspace, make_video, models):
    video = make_video("silent film.mp4", 3, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-an")
    result = run(str(video), "-o", "out.mp4")
    assert "composing with the models trained here (models)" in result.output and "left out" not in result.output
    save_model(Path("models/amt"), models.chords, "sample@of another version")
    assert "left out" not in run(str(video), "-o", "out.mp4").output
    save_model(Path("models/amt"), models.chords, "ViT-L-14-336/openai")
    shutil.move("models", "shipped")
    shutil.copytree("shipped", "models/pretrained")
    result = run(str(video), "-o", "out.mp4")
    assert result.exit_code == 0, result.output
    assert "composing with the pretrained models of MuViSync" in result.output
    assert "as ViT-L-14-336/openai sees them" in result.output


def test_a_tampered_model_is_refused_by_the_command(workspace, make_video):
    weights = Path("models/amt/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    result = run(str(make_video("stage.mp4", SECONDS, *H264)))
    assert isinstance(result.exception, UserError) and "it was changed or half copied" in str(result.exception)
