"""Baselines: by hand on small songs, and in the order of the measured table on published ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.amt.synthetic_songs import make_song

from amt.evaluate.baselines import Memory, Repeat, recall
from amt.evaluate.chords import PARTS, baseline_log_probabilities, fit_baselines, song_metrics, summarise
from amt.model.ngrams import bigram_counts, fit_unigram, smooth
from amt.model.songs import Song
from muvisync.chords import END, PAD, chord_to_id

A, B, C = 1, 2, 3


def test_unigram_gives_everything_but_padding_a_chance():
    unigram = fit_unigram([np.array([A, A, B, END])])
    assert unigram.sum() == pytest.approx(1)
    assert unigram[PAD] == 0
    assert unigram[A] == pytest.approx(3 / (4 + 158))


def test_bigram_by_hand():
    songs = [np.array([A, A, B, END]), np.array([A, PAD, B, END])]
    unigram = fit_unigram(songs)
    table = smooth(bigram_counts(songs), unigram, 1.0)
    assert table[A, B] == pytest.approx((1 + unigram[B]) / (2 + 1))  # A is followed by A and by B; PAD does not count
    assert table[B, END] == pytest.approx((2 + unigram[END]) / 3)
    np.testing.assert_allclose(table[PAD], unigram)
    np.testing.assert_allclose(table.sum(axis=1), 1)


def test_repeat_puts_the_previous_chord_first_then_the_commonest():
    songs = [np.array([A, A, A, A, B, B, B, C, END])]
    repeat = Repeat.fit(songs, fit_unigram(songs))
    assert repeat.stay == pytest.approx(6 / 10)  # 5 of 8 stay, with a pseudo-count each way
    table = repeat.probabilities(np.array([C, B, END]))
    assert np.argsort(-table[1])[:3].tolist() == [C, A, B]
    np.testing.assert_allclose(table.sum(axis=1), 1)


def test_recall_finds_what_followed_the_longest_match():
    followers, found = recall(np.array([A, B, C, A, B, A, A, B]), longest=3)
    # before the last second: A B A A; one chord back, A stood at 0, 3 and 5, and B, B and A followed
    assert followers[0, 7, [A, B]].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert found[:, 7].tolist() == [True, False, False]
    # before second 5: A B stood at 0-1, and C followed; three chords, C A B, did not stand earlier
    assert followers[1, 5, C] == 1
    assert found[:, 5].tolist() == [True, True, False]
    assert not found[:, 0].any()


def test_recall_never_looks_ahead():
    song = np.array([A, B, A, C, A, B, A, B, C])
    for cut in range(1, len(song)):
        changed = song.copy()
        changed[cut:] = C
        for before, after in zip(recall(song, 4), recall(changed, 4), strict=True):
            np.testing.assert_array_equal(before[:, : cut + 1], after[:, : cut + 1])


def test_memory_learns_to_trust_loops():
    loop = np.array([A, B, C, B] * 10 + [END])
    unigram = fit_unigram([loop])
    memory = Memory.fit([loop, loop[:21]], unigram, 1.0, 4)
    table = memory.probabilities(loop)
    assert (table.argmax(axis=1)[6:-1] == loop[6:-1]).all()
    np.testing.assert_allclose(table.sum(axis=1), 1, rtol=1e-5)
    assert (table[:, : END + 1] > 0).all()


def test_one_step_of_memory_is_a_row_of_its_table():
    chance = np.random.default_rng(0)
    songs = [np.append(chance.choice([A, B, C, PAD], 60, p=[0.5, 0.3, 0.15, 0.05]), END) for _ in range(3)]
    memory = Memory.fit(songs, fit_unigram(songs), 1.0, 5)
    for song in songs:
        table = memory.probabilities(song)
        for step in range(len(song)):
            np.testing.assert_allclose(memory.following(song[:step]), table[step], rtol=1e-5)


def test_on_published_songs_the_order_is_that_of_the_measured_table(muvi_sync_mini, default_params):
    songs = read_release(muvi_sync_mini)
    train, held = [s for s in songs if s.split == "train"], [s for s in songs if s.split != "train"]
    assert (len(train), len(held)) == (24, 12)
    tables = baseline_log_probabilities(fit_baselines(train, default_params.evaluate), held)
    scores = {
        name: summarise({part: song_metrics(held, table, part) for part in PARTS}, default_params.evaluate)
        for name, table in tables.items()
    }
    figures = {name: [score["all"][f"hits{k}"] for k in (1, 3, 5)] for name, score in scores.items()}
    # on all 75 test songs, trained on 597: .545/.715/.840, .545/.763/.858, .663/.865/.917 (DESIGN.md section 5)
    assert figures["repeat"] == pytest.approx([0.476, 0.666, 0.832], abs=0.005)
    assert figures["bigram"] == pytest.approx([0.467, 0.705, 0.834], abs=0.005)
    assert figures["memory"] == pytest.approx([0.627, 0.859, 0.919], abs=0.005)
    assert scores["memory"]["all"]["cross_entropy"] < scores["bigram"]["all"]["cross_entropy"] < 2.2
    assert scores["repeat"]["changes"]["hits1"] == 0


def read_release(folder: Path) -> list[Song]:
    """Chords of the published layout; the pictures do not matter here."""
    songs = []
    for split in ("train", "val", "test"):
        for name in (folder / f"vevo_meta/split/v1/{split}.txt").read_text().split():
            path = folder / f"vevo_chord/lab_v2_norm/all/{name}.lab"
            if path.is_file():
                lines = path.read_text().split("\n")[1:]
                chords = np.array([chord_to_id(line.split()[1]) for line in lines if line.strip()])[:300]
                songs.append(Song(**vars(make_song(name, 1, split)) | {"chords": chords}))
    return songs
