"""The stage `sample` in a workspace of its own."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.files import read_json, write_json
from muvisync.sample.__main__ import METRICS, main

TRUTH = {
    "duration": 2.0,
    "key": "A minor",
    "cuts": [1.0],
    "chords": [{"start": 0.0, "end": 2.0, "chord": "A:min"}],
    "per_second": {"mood": ["sad", "tense"], "note_density": [3, 4], "loudness": [0.1, 0.2], "motion": [0.0, 2.0]},
}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("download", "transcribe", "video"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    return tmp_path


def test_without_sample_clips_it_says_so(workspace, capsys):
    main()
    assert read_json(METRICS)["total"]["clips"] == 0
    assert "nothing to check" in capsys.readouterr().out


def test_figures_per_clip_and_in_total(workspace):
    data = workspace / "data"
    for name in ("one", "lost"):
        write_json(data / "download" / f"{name}.truth.json", TRUTH)
    write_json(data / "transcribe" / "one.json", TRUTH)
    emotion = pa.array([[0.0, 0, 0, 1, 0, 0], [0.0, 0, 1, 0, 0, 0]], pa.list_(pa.float32(), 6))
    table = pa.table({"emotion": emotion, "motion": pa.array([0.0, 3.0], pa.float32())})
    pq.write_table(
        table.replace_schema_metadata({"muvisync": json.dumps({"cuts": [0.7]})}), data / "video" / "one.parquet"
    )
    main()
    metrics = read_json(METRICS)
    assert set(metrics["clips"]) == {"one", "lost"}
    assert metrics["clips"]["lost"]["cuts_f1"] is None
    assert metrics["total"] == {
        "clips": 2, "key_right": 1, "key_total": 1, "chords_root": 1.0, "chords_majmin": 1.0, "cuts_f1": 1.0,
        "emotion_accuracy": 1.0, "density_correlation": 1.0, "loudness_correlation": 1.0, "motion_correlation": 1.0,
    }  # fmt: skip
