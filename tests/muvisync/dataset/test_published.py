"""The published release in the dataset: every value of every song, splits, and what the release itself must be."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muvisync.chords import denormalise, parse_key
from muvisync.dataset.__main__ import main
from muvisync.dataset.published import published_entries
from muvisync.dataset.release import ReleaseError, check_release, read_release
from muvisync.params import set_params
from muvisync.schema import VIDEOS, read_table


def text_values(path: Path, skip: int = 0) -> np.ndarray:
    """Columns after the first, read without any code of ours."""
    return np.loadtxt(path, dtype=np.float64, skiprows=skip, ndmin=2)[:, 1:]


def assert_column(column: pa.ChunkedArray, wanted: np.ndarray, kind: type) -> None:
    """The values are those of the files to the last bit of the column's type; seconds beyond are null, never zero."""
    found = column.to_pylist()
    assert all(value is None for value in found[len(wanted) :])
    np.testing.assert_array_equal(np.array(found[: len(wanted)], kind), wanted.astype(kind))


def assert_song(rows: pa.Table, folder: Path, song: str, key: str) -> None:
    lines = (folder / f"vevo_chord/lab_v2/all/{song}.lab").read_text().splitlines()
    shown = (folder / f"vevo_chord/lab_v2_norm/all/{song}.lab").read_text().splitlines()[1:]
    chords = [line.split()[1] for line in lines[1:]]
    assert parse_key(lines[0].removeprefix("key ")) == parse_key(key)
    assert rows["chord"].to_pylist()[: len(chords)] == chords
    normalised = rows["chord_normalised"].to_pylist()[: len(chords)]
    assert normalised == [line.split()[1] for line in shown]
    assert [denormalise(chord, parse_key(key)) for chord in normalised] == chords
    semantic = np.load(folder / f"vevo_semantic/all/2d/clip_l14p/{song}.npy")
    assert_column(rows["semantic"], semantic, np.float16)
    assert_column(rows["emotion"], text_values(folder / f"vevo_emotion/6c_l14p/all/{song}.lab", skip=1), np.float32)
    for name in ("motion", "loudness", "note_density"):
        assert_column(rows[name], text_values(folder / f"vevo_{name}/all/{song}.lab")[:, 0], np.float32)
    offsets = text_values(folder / f"vevo_scene_offset/all/{song}.lab")[:, 0]
    assert_column(rows["scene_offset"], offsets, np.int32)
    assert_column(rows["scene_id"], np.cumsum(offsets == 0) - 1, np.int32)


def test_every_value_of_every_song_is_the_published_one(workspace: Path, muvi_sync_mini: Path):
    set_params([f"dataset.published={muvi_sync_mini}", "dataset.max_seconds=2000"])
    main()
    videos = read_table(Path("data/dataset/videos.parquet"), VIDEOS).to_pylist()
    songs = {
        song: split
        for split in ("train", "val", "test")
        for song in (muvi_sync_mini / f"vevo_meta/split/v1/{split}.txt").read_text().split()
    }
    assert {video["video_id"]: video["split"] for video in videos} == {f"muvi-{s}": split for s, split in songs.items()}
    for video in videos:
        rows = pq.read_table(f"data/dataset/{video['shard']}", filters=[("video_id", "=", video["video_id"])])
        assert rows["second"].to_pylist() == list(range(video["seconds"]))
        assert_song(rows, muvi_sync_mini, video["video_id"].removeprefix("muvi-"), video["key"])
    assert {video["provenance"] for video in videos} == {"published"}


def test_a_feature_that_ends_early_ends_in_nulls(use_release: Path):
    main()
    rows = pq.read_table(sorted(Path("data/dataset").glob("part-*")), filters=[("video_id", "=", "muvi-001")])
    assert rows.num_rows == 8
    assert [rows[name].null_count for name in ("semantic", "emotion", "chord", "motion")] == [1, 1, 0, 0]
    assert rows["semantic"].to_pylist()[-1] is None
    assert_song(rows, use_release, "001", "D minor")


def test_published_and_own_videos_in_one_dataset_and_a_13th(workspace: Path, muvi_sync_mini: Path, add_video: Callable):
    set_params([f"dataset.published={muvi_sync_mini}"])
    for number in range(12):
        add_video(f"own-{number:02d}")
    main()
    shards = {path.name: path.read_bytes() for path in Path("data/dataset").glob("part-*")}
    splits = {row["video_id"]: row["split"] for row in pq.read_table("data/dataset/videos.parquet").to_pylist()}
    add_video("own-12")
    main()
    videos = pq.read_table("data/dataset/videos.parquet").to_pylist()
    assert len(splits) == 48 and splits.items() <= {row["video_id"]: row["split"] for row in videos}.items()
    changed = [path.name for path in Path("data/dataset").glob("part-*") if shards.get(path.name) != path.read_bytes()]
    assert changed == [row["shard"] for row in videos if row["video_id"] == "own-12"]


@pytest.fixture
def release(tmp_path: Path, make_release: Callable) -> Path:
    return make_release(tmp_path / "release")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def problems(release: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        check_release(release, "the release")
    return str(caught.value)


def test_a_good_release_is_good(release: Path):
    found, seconds = check_release(release, "the release")
    assert (len(found.splits), found.left_out, seconds) == (4, ("005",), 32)
    assert found.titles["001"] == ("Artist - Song 001 (Live)", "YouTube001x")


LAB = "{}/all/001.lab"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("vevo_chord/lab_v2", "3 A#", "3 H:min", r"line 5: chord 'H:min' is not one of the 157"),
        ("vevo_chord/lab_v2", "key D minor", "key H", r"line 1: 'key H' does not name the key"),
        ("vevo_chord/lab_v2", "key D minor\n", "", r"line 1: '0 D:min' does not name the key"),
        ("vevo_chord/lab_v2", "3 A#", "4 A#", r"line 5: '4 A#': second 3 must stand here"),
        ("vevo_chord/lab_v2_norm", "3 F", "3 G", r"line 5: 'G' is not the chord in D minor, normalised: F"),
        ("vevo_chord/lab_v2_norm", "7 G:7\n", "", r"7 chords, the file in the original key has 8"),
        ("vevo_loudness", "3 0.", "3 nan#0.", r"line 4: '3 nan#0.*is not a second and 1 number"),
        ("vevo_loudness", "3 0.", "3 7.", r"line 4: \[7.*loudness must be 0 to 1"),
        ("vevo_motion", "3 ", "3 nan ", r"line 4: .*is not a second and 1 number"),
        ("vevo_note_density", "3 ", "3 -", r"line 4: \[-.*note_density must be 0 or more"),
        ("vevo_note_density", "7 ", "8 ", r"line 8: .*second 7 must stand here"),
        ("vevo_scene_offset", "4 1", "4 2", r"line 5: scene offset 2 must be 0 or 1"),
        ("vevo_emotion/6c_l14p", "3 0.5", "3 0.7", r"line 5: the probabilities sum to 1\.2000"),
        ("vevo_emotion/6c_l14p", "3 0.5000", "3 inf", r"line 5: \[inf.*emotion must be 0 to 1"),
        ("vevo_emotion/6c_l14p", " 0.1000\n", "\n", r"line 2: .*is not a second and 6 number"),
    ],
)
def test_a_bad_line_is_named(release: Path, file: str, old: str, new: str, said: str):
    edit(release / LAB.format(file), old, new)
    assert re.search(rf"{file}/all/001\.lab.*{said}", problems(release)), problems(release)


def test_nan_is_not_a_number(release: Path):
    path = release / "vevo_motion/all/002.lab"
    path.write_text("".join(f"{second} nan\n" for second in range(8)))
    assert "vevo_motion/all/002.lab, line 1: [nan]: motion must be 0 to 255 (and 7 more)" in problems(release)


def test_wrong_lengths_are_named_and_off_by_one_is_known(release: Path):
    path = release / "vevo_motion/all/001.lab"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n")
    check_release(release, "")
    path.write_text("\n".join(lines[:-2]) + "\n")
    assert "vevo_motion/all/001.lab: 6 seconds, the chords have 8" in problems(release)


def test_a_bad_array_is_named(release: Path):
    folder = release / "vevo_semantic/all/2d/clip_l14p"
    values = np.load(folder / "001.npy")
    np.save(folder / "001.npy", np.where(np.arange(7)[:, None] == 4, np.nan, values))
    np.save(folder / "002.npy", values[:, :512])
    np.save(folder / "003.npy", np.array([{}]), allow_pickle=True)
    (folder / "004.npy").write_bytes((folder / "004.npy").read_bytes()[:-1])
    said = problems(release)
    for words in ("001.npy: NaN, infinite or too large for float16 in second 4", "002.npy: float32 (7, 512)"):
        assert words in said
    assert "003.npy: not an array" in said and "004.npy: not an array" in said


def test_every_problem_is_named_at_once(release: Path):
    (release / LAB.format("vevo_motion")).unlink()
    (release / "vevo_loudness/all/002.lab").write_bytes(b"\xff\xfe")
    (release / "vevo_note_density/all/003.lab").write_text("")
    edit(release / "vevo_meta/split/v1/val.txt", "003", "003\n001\n999\n../../x")
    edit(release / "vevo_meta/idlist.txt", "004-", "004")
    edit(release / "vevo_meta/chord.json", '"A": 118', '"A": 119')
    said = problems(release)
    for words in (
        "vevo_motion/all/001.lab is missing",
        "vevo_loudness/all/002.lab: can't be read as text",
        "vevo_note_density/all/003.lab: empty",
        "song 001 is listed in train and val",
        "song 999 is not in vevo_meta/idlist.txt",
        "vevo_chord/lab_v2/all/999.lab is missing",
        "line 4: '../../x' is not the name of a song",
        "vevo_meta/idlist.txt, line 4",
        "vevo_meta/chord.json: not the vocabulary",
    ):
        assert words in said, words
    assert said.startswith("the release has ")


def test_a_long_list_is_cut_and_counted(release: Path):
    shutil.rmtree(release / "vevo_chord")
    edit(release / "vevo_meta/split/v1/val.txt", "003", "\n".join(f"x{number}" for number in range(200)))
    assert "\n  and " in problems(release) and len(problems(release).splitlines()) == 102


def test_files_that_changed_after_the_import_are_refused(release: Path):
    entries = published_entries(release, 300)
    with pytest.raises(ReleaseError, match="changed since the import"):
        published_entries(release, 300, "0" * 64)
    before = {entry.video_id: entry.key for entry in entries}
    edit(release / LAB.format("vevo_motion"), "3 ", "3 1")
    after = {entry.video_id: entry.key for entry in published_entries(release, 300)}
    assert [name for name in before if before[name] != after[name]] == ["muvi-001"]


def test_two_files_that_change_places_are_a_change(release: Path):
    before = published_entries(release, 300)[0].key
    paths = [release / LAB.format(name) for name in ("vevo_motion", "vevo_note_density")]
    texts = [path.read_text() for path in paths]
    for path, text in zip(paths, texts[::-1], strict=True):
        path.write_text(text)
    assert published_entries(release, 300)[0].key != before


def test_an_empty_folder_is_no_release(tmp_path: Path):
    with pytest.raises(ReleaseError, match=r"train\.txt is missing"):
        read_release(tmp_path)
