"""The ledger: what is done stays done, what changed is redone, what is torn is forgotten."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from muvisync.ledger import FAILED, FILTERED, OK, PENDING, Artifact, Ledger, Record

ATTEMPTS = 3


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ok(name: str, key: str = "k", data: bytes = b"data") -> Record:
    path = Path(f"{name}.bin")
    path.write_bytes(data)
    return Record(name, key, OK, attempts=1, artifacts={str(path): Artifact.of(path)}, notes=("a note",))


def recorded(*records: Record) -> Ledger:
    ledger = Ledger("stage")
    ledger.begin({record.id: record.key for record in records}, ATTEMPTS)
    for record in records:
        ledger.append(record)
    return Ledger("stage")


def test_records_survive_the_way_to_the_disk():
    records = [
        ok("a"),
        Record("b", "k", FAILED, "gone: \"é\n'", "Permanent", permanent=True, attempts=1),
        Record("c", "k", FILTERED, "too long", score=1.5, seconds=0.25, media_seconds=3.0),
    ]
    assert recorded(*records).records == {record.id: record for record in records}


def test_only_what_is_not_settled_is_to_do():
    ledger = recorded(
        ok("ok"),
        Record("filtered", "k", FILTERED),
        Record("permanent", "k", FAILED, permanent=True, attempts=1),
        Record("quarantined", "k", FAILED, failures=ATTEMPTS),
        Record("again", "k", FAILED, failures=ATTEMPTS - 1),
        Record("pending", "k"),
    )
    todo = ledger.begin(dict.fromkeys([*ledger.records, "new"], "k"), ATTEMPTS)
    assert todo == ["again", "pending", "new"]
    assert ledger.records["again"].failures == ATTEMPTS - 1
    assert [record.id for record in Ledger("stage").of_status(PENDING)] == ["again", "new", "pending"]


def test_another_key_starts_afresh_and_other_items_are_forgotten():
    ledger = recorded(ok("a"), Record("b", "k", FAILED, permanent=True, attempts=3), ok("gone"))
    assert ledger.begin({"a": "other", "b": "other"}, ATTEMPTS) == ["a", "b"]
    assert ledger.records == {"a": Record("a", "other"), "b": Record("b", "other")}
    assert Ledger("stage").records == ledger.records


@pytest.mark.parametrize(
    "damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"longer data"), lambda p: p.write_bytes(b"DATA")]
)
def test_an_item_is_done_only_while_its_artifact_verifies(damage):
    ledger = recorded(ok("a"))
    damage(Path("a.bin"))
    assert ledger.begin({"a": "k"}, ATTEMPTS) == ["a"]


def test_a_touched_artifact_still_verifies():
    ledger = recorded(ok("a"))
    os.utime("a.bin", ns=(1, 1))
    assert ledger.begin({"a": "k"}, ATTEMPTS) == []
    assert ledger.hash_of("a", Path("a.bin")) == ledger.records["a"].artifacts["a.bin"].sha256
    assert ledger.hash_of("a", Path("none.bin")) is None


@pytest.mark.parametrize("cut", [1, 20, 80])
def test_a_torn_line_costs_that_item_only(cut: int):
    ledger = recorded(ok("a"), ok("b"))
    data = ledger.path.read_bytes()
    lines = data.splitlines(keepends=True)
    ledger.path.write_bytes(data[: len(data) - len(lines[-1]) + cut])
    again = Ledger("stage")
    assert again.torn == 1
    assert again.begin({"a": "k", "b": "k"}, ATTEMPTS) == ["b"]
    again.append(ok("b"))
    assert (Ledger("stage").torn, Ledger("stage").records["b"].status) == (0, OK)


@pytest.mark.parametrize(
    "line", ["[]", "null", "{}", '{"id": 1}', "\x00\x00", '{"id":"a","key":"k","unknown":1}', "\ufffd"]
)
def test_foreign_lines_are_counted_not_fatal(line: str):
    ledger = recorded(ok("a"))
    with ledger.path.open("a") as stream:
        stream.write(line + "\n")
    assert (Ledger("stage").torn, list(Ledger("stage").records)) == (1, ["a"])


def test_retry_takes_up_failed_items_and_those_it_is_told():
    failed = Record("b", "k", FAILED, "no", permanent=True, attempts=3)
    ledger = recorded(ok("a"), failed, replace(failed, id="c"), Record("d", "k", FILTERED))
    assert Ledger("stage").begin(dict.fromkeys("abcd", "k"), ATTEMPTS) == []
    assert ledger.retry(["d"]) == ["b", "c", "d"]
    assert ledger.retry() == []
    assert Ledger("stage").begin(dict.fromkeys("abcd", "k"), ATTEMPTS) == ["b", "c", "d"]


def test_a_refusal_leaves_the_ledger_as_it_was():
    before = ok("a")
    ledger = recorded(before)

    def refuse(todo: list[str]) -> None:
        assert todo == ["a"]
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        ledger.begin({"a": "other"}, ATTEMPTS, refuse)
    assert Ledger("stage").records == ledger.records == {"a": before}


def test_a_reader_keeps_to_what_it_found():
    recorded(ok("a"), ok("b"))
    reader = Ledger("stage")
    before = dict(reader.records)
    writer = Ledger("stage")
    writer.begin({"c": "a longer key", "b": "k"}, ATTEMPTS)
    writer.append(Record("c", "a longer key", FAILED, "no"))
    assert dict(reader.records) == before
    assert list(Ledger("stage").records) == ["c", "b"]


def test_a_record_is_read_back_whatever_was_written_after_it():
    ledger = Ledger("stage")
    ledger.begin(dict.fromkeys("ab", "k"), ATTEMPTS)
    for attempts in range(1, 300):
        ledger.append(Record("b", "k", FAILED, "é" * attempts, attempts=attempts))
        assert ledger.records["b"].attempts == attempts
        assert ledger.records["a"] == Record("a", "k")


def test_artifacts_are_those_of_ok_items():
    failed = replace(ok("b"), status=FAILED)
    assert list(recorded(ok("a"), failed).artifacts()) == [Path("a.bin")]
