"""Filters: what the scores are, and what the three modes do with them; duplicates; the data card."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from muvisync.dataset.__main__ import main
from muvisync.dataset.duplicates import site_id
from muvisync.dataset.quality import Evidence, evidence_to_scores, judge
from muvisync.errors import UserError
from muvisync.params import load_params, set_params
from muvisync.schema import QUALITY, QUALITY_SCORES, read_table
from muvisync.status import stage_status

POOR = {
    "duration": ({"seconds": 5}, 5.0),
    "resolution": ({"height": 144}, 144.0),
    "silence": ({"loudness": 0.001}, 1.0),
    "still": ({"motion": 0.1}, 1.0),
    "no_chord": ({"chord": "N"}, 1.0),
    "chord_confidence": ({"confidence": 0.1}, 0.1),
    "speech": ({"speech": 0.9}, 0.9),
}


def quality() -> dict[str, dict]:
    rows = read_table(Path("data/dataset/quality.parquet"), QUALITY).to_pylist()
    return {row["video_id"]: row for row in rows}


def kept() -> list[str]:
    return pq.read_table("data/dataset/videos.parquet")["video_id"].to_pylist()


def test_scores_of_what_is_known():
    loud, silent = [0.2] * 6, [0.0] * 2
    found = evidence_to_scores(
        Evidence(
            duration=8.25,
            height=480,
            loudness=loud + silent,
            motion=[0.0, *[5.0] * 4, 0.1, 0.1, None],
            chords=["N", "N", "N", "C", "C", "C", "N", "N"],
            chord_confidence=0.7,
            speech=0.25,
        )
    )
    assert found == {
        "duration": 8.25,
        "resolution": 480,
        "silence": 0.25,
        "still": pytest.approx(2 / 6, abs=1e-4),  # second 0 does not count, nor an unknown one
        "no_chord": 0.5,  # silent seconds do not count
        "chord_confidence": 0.7,
        "speech": 0.25,
    }


def test_what_is_not_known_has_no_score_and_is_never_poor(workspace):
    scores = evidence_to_scores(Evidence())
    assert set(scores) == set(QUALITY_SCORES) and set(scores.values()) == {None}
    assert evidence_to_scores(Evidence(loudness=[0.0], chords=["N"], motion=[0.0])) == scores | {"silence": 1.0}
    set_params([f"dataset.filters.{name}.mode=drop" for name in QUALITY_SCORES])
    assert judge(scores, load_params().dataset.filters).flags == ()


@pytest.mark.parametrize("name", QUALITY_SCORES)
def test_each_filter_has_three_modes(workspace, add_video, name: str):
    change, score = POOR[name]
    add_video("good", **{"seconds": 20})
    add_video("poor", **({"seconds": 20} | change))
    set_params([f"dataset.filters.{name}.mode=off"])
    main()
    assert kept() == ["good", "poor"]
    assert (quality()["poor"][name], quality()["poor"]["flags"]) == (None, "")
    set_params([f"dataset.filters.{name}.mode=score"])
    main()
    assert kept() == ["good", "poor"]
    assert (quality()["poor"][name], quality()["poor"]["flags"]) == (pytest.approx(score), name)
    assert (quality()["good"]["flags"], quality()["poor"]["decision"]) == ("", "kept")
    set_params([f"dataset.filters.{name}.mode=drop"])
    main()
    row = quality()["poor"]
    assert kept() == ["good"]
    assert (row[name], row["decision"]) == (pytest.approx(score), "dropped")
    assert f"dataset.filters.{name}.threshold" in row["reason"]
    item = next(item for item in stage_status("dataset")["items"] if item["id"] == "poor")
    assert (item["status"], item["reason"]) == ("filtered", row["reason"])
    set_params([f"dataset.filters.{name}.mode=score"])
    main()
    assert kept() == ["good", "poor"]  # and back again


def test_dropping_a_video_touches_its_shard_alone(workspace, add_video):
    for number in range(12):
        add_video(f"v{number:02d}", seconds=20)
    add_video("poor", seconds=20, loudness=0.0)
    main()
    before = {path.name: path.read_bytes() for path in Path("data/dataset").glob("part-*")}
    shard = next(
        row["shard"] for row in pq.read_table("data/dataset/videos.parquet").to_pylist() if row["video_id"] == "poor"
    )
    set_params(["dataset.filters.silence.mode=drop"])
    main()
    after = {path.name: path.read_bytes() for path in Path("data/dataset").glob("part-*")}
    assert [name for name in before if after.get(name) != before[name]] == [shard]


def test_scores_are_measured_once_and_again_when_the_video_changes(workspace, add_video, monkeypatch):
    import muvisync.dataset.quality_table as table

    measured = []
    monkeypatch.setattr(
        table, "evidence_to_scores", lambda evidence: measured.append(evidence) or evidence_to_scores(evidence)
    )
    for name in ("a", "b", "c"):
        add_video(name)
    main()
    bytes_before = Path("data/dataset/quality.parquet").read_bytes()
    assert len(measured) == 3
    main()
    assert len(measured) == 3
    add_video("b", height=100)
    main()
    assert len(measured) == 4 and quality()["b"]["resolution"] == 100
    add_video("b")
    Path("data/dataset/quality.parquet").write_bytes(bytes_before[:200] + b"\0" * 50 + bytes_before[250:])
    main()
    assert len(measured) == 7  # a damaged table is not believed
    assert Path("data/dataset/quality.parquet").read_bytes() == bytes_before


def test_when_all_are_dropped_the_message_says_what_to_do(workspace, add_video):
    add_video("one")
    set_params(["dataset.filters.duration.mode=drop", "dataset.filters.duration.threshold=100.0"])
    with pytest.raises(UserError, match="muvisync status"):
        main()
    assert stage_status("dataset")["filtered"] == 1


def test_the_same_content_stays_under_the_smaller_id(workspace, add_video):
    for name in ("b", "a", "c"):
        add_video(name, sha256="same")
    add_video("other")
    main()
    assert kept() == ["a", "other"]
    reasons = {name: row["reason"] for name, row in quality().items()}
    assert reasons == {"a": "", "b": "the same content as a", "c": "the same content as a", "other": ""}
    for path in Path("data").glob("*/a.*"):
        path.unlink()
    main()
    assert kept() == ["b", "other"]


def test_a_video_that_failed_holds_no_place(workspace, add_video):
    from muvisync.ledger import FAILED, Ledger, Record

    add_video("a", sha256="same")
    add_video("b", sha256="same")
    Path("data/ledger").mkdir()
    Ledger("video").append(Record("a", "key", FAILED, reason="decoding broke"))
    main()
    assert kept() == ["b"]


def test_a_published_song_stays_and_its_copy_goes(use_release, add_video):
    add_video("again", source="https://youtu.be/YouTube003x?t=4")
    add_video("aaa", source="https://www.youtube.com/watch?v=YouTube005x")  # of no split: not in the dataset
    main()
    assert quality()["again"]["reason"] == "the same content as muvi-003"
    assert kept() == ["aaa", "muvi-001", "muvi-002", "muvi-003", "muvi-004"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.youtube.com/watch?v=kJQP7kiw5Fk&t=3", "youtube:kJQP7kiw5Fk"),
        ("http://m.youtube.com/watch?list=x&v=kJQP7kiw5Fk", "youtube:kJQP7kiw5Fk"),
        ("https://youtu.be/kJQP7kiw5Fk?si=abc", "youtube:kJQP7kiw5Fk"),
        ("https://www.youtube.com/shorts/kJQP7kiw5Fk", "youtube:kJQP7kiw5Fk"),
        ("https://www.youtube-nocookie.com/embed/kJQP7kiw5Fk", "youtube:kJQP7kiw5Fk"),
        ("https://www.youtube.com/", ""),
        ("https://notyoutube.com/watch?v=kJQP7kiw5Fk", ""),
        ("https://example.org/watch?v=kJQP7kiw5Fk", ""),
        ("clips/one.mp4", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_ids_of_video_sites(url: str, found: str):
    assert site_id(url) == found


def test_the_card_counts_what_there_is(use_release, add_video):
    add_video("own", seconds=20, license="<b>CC|BY</b>")
    add_video("silent", music=False)
    add_video("blind", picture=False, loudness=0.0)
    set_params(["dataset.filters.silence.mode=drop"])
    main()
    card = json.loads(Path("reports/dataset/metrics.json").read_text())
    assert (card["videos"], card["seconds"]) == (6, 4 * 8 + 20 + 5)
    assert card["provenance"] == {"extracted": 2, "published": 4}
    assert (card["without_music"], card["without_picture"], card["without_key"]) == (1, 0, 1)
    assert sum(card["hours_by_split"].values()) == pytest.approx(card["hours"], abs=2e-3)
    assert card["extractors"] == {"decoder decord": 2, "notes 1": 1}
    assert card["seconds_present"]["chord"] == 52 and card["seconds_present"]["semantic"] == 4 * 7 + 25
    assert card["quality"]["decisions"] == {"dropped": 1, "kept": 6}
    assert card["quality"]["filters"]["silence"]["mode"] == "drop"
    assert card["quality"]["filters"]["silence"]["highest"] == 1.0
    assert sum(card["emotions"].values()) == 4 * 7 + 25
    assert sum(card["chords"].values()) == 52
    text = Path("reports/dataset/card.md").read_text()
    assert "<b>" not in text and "&lt;b&gt;CC\\|BY" in text
    assert "6 videos" in text


def test_the_scores_of_the_published_songs_are_plausible(workspace, muvi_sync_mini):
    set_params([f"dataset.published={muvi_sync_mini}"])
    main()
    scores = pq.read_table("data/dataset/quality.parquet")
    assert np.median(scores["silence"].to_numpy()) < 0.1
    assert scores["speech"].null_count == scores.num_rows  # the release has no sound to hear speech in
