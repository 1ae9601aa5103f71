from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
import soundfile

from muvisync.ffmpeg import run_ffmpeg
from muvisync.files import file_hash, read_json, write_json
from muvisync.ledger import Ledger
from muvisync.stage import media_items
from muvisync.transcribe.__main__ import main
from muvisync.transcribe.audio import RATE

PARAMS = Path(__file__).parents[3] / "params.yaml"


def describe(name: str, path: Path) -> None:
    write_json(Path(f"data/download/{name}.json"), {"video_id": name, "media": path.name, "sha256": file_hash(path)})


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cadence: np.ndarray) -> Path:
    """A tune, a silence, a film without sound; and files that are no items."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS.read_text().replace("engine: processes", "engine: serial"))
    downloads = Path("data/download")
    downloads.mkdir(parents=True)
    soundfile.write(downloads / "tune.wav", cadence[: 5 * RATE], RATE)
    soundfile.write(downloads / "still.wav", np.zeros(RATE), RATE)
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1", str(downloads / "mute.mp4")])
    for path in (downloads / "tune.wav", downloads / "still.wav", downloads / "mute.mp4"):
        describe(path.stem, path)
    (downloads / "tune.truth.json").write_text("{}")
    (downloads / ".tune.x1.json").write_text("half writ")
    return tmp_path


def outputs() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(Path("data/transcribe").iterdir())}


def test_only_descriptions_are_items(workspace: Path):
    assert [item.id for item in media_items()] == ["mute", "still", "tune"]


def test_every_item_gets_its_outcome_and_its_files(workspace: Path):
    main()
    records = Ledger("transcribe").records
    assert {name: (r.status, r.reason, r.notes) for name, r in records.items()} == {
        "mute": ("filtered", "no audio", ()),
        "still": ("ok", "", ("silent",)),
        "tune": ("ok", "", ()),
    }
    assert records["tune"].media_seconds == 5.0
    assert list(outputs()) == ["still.json", "still.mid", "tune.json", "tune.mid"]
    said = read_json(Path("data/transcribe/tune.json"))
    assert said["video_id"] == "tune"
    assert said["duration"] == 5.0
    assert said["extractors"]["basic-pitch"]
    (piano,) = pretty_midi.PrettyMIDI("data/transcribe/tune.mid").instruments
    assert len(piano.notes) == said["notes"] > 10


def test_same_bytes_again_and_nothing_done_twice(workspace: Path, capfd: pytest.CaptureFixture[str]):
    main()
    first = outputs()
    main()
    assert "3 done before, 0 to do" in capfd.readouterr().err
    shutil.rmtree("data/transcribe")
    main()
    assert outputs() == first


def test_a_changed_parameter_redoes_the_items(workspace: Path, capfd: pytest.CaptureFixture[str]):
    main()
    text = Path("params.yaml").read_text()
    assert "minimum_note_ms: 127.7" in text
    Path("params.yaml").write_text(text.replace("minimum_note_ms: 127.7", "minimum_note_ms: 60.0"))
    main()
    assert "0 done before, 3 to do" in capfd.readouterr().err
    json.loads(Path("data/transcribe/tune.json").read_text())
