"""run_items: every item ends with an outcome, and the sums match."""

from __future__ import annotations

import errno
import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from muvisync.errors import Filtered, Permanent, Transient
from muvisync.files import atomic_write_text
from muvisync.ledger import FAILED, OK, Ledger
from muvisync.params import RunParams
from muvisync.stage import Done, Item, Plan, StageFailed, run_items

OUT = Path("data/stage")
RUN = RunParams(engine="serial", workers=2, attempts=3, backoff=0.0, item_timeout=5.0)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def items(*names: str, **orders: str) -> list[Item]:
    """Items that are written as they are, and items with an order for `work`."""
    return [Item(name, f"input {name}", {"order": orders.get(name, "")}) for name in (*names, *orders)]


def work(item: Item) -> Done:
    """Write the item's file, unless its order says otherwise."""
    order = item.payload["order"]
    log = Path("log")
    log.open("a").write(f"{item.id}\n")
    match order:
        case "permanent":
            raise Permanent("gone")
        case "filtered":
            raise Filtered("too long", score=7.0)
        case "transient":
            raise Transient("busy")
        case "twice" if log.read_text().split().count(item.id) < 3:
            raise Transient("busy", wait=0.01)
        case "bug":
            raise ZeroDivisionError("a bug")
        case "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            time.sleep(60)
    path = OUT / f"{item.id}.txt"
    atomic_write_text(path, f"{item.id} {order}")
    return Done([path], media_seconds=2.0, notes=["a note"])


def run(todo: list[Item], budget: float = 1.0, uses: object = None, **changes: object) -> Ledger:
    plan = Plan("stage", OUT, {"uses": uses}, RUN.model_copy(update=changes), budget)
    return run_items(plan, todo, work)


def outcomes(ledger: Ledger) -> dict[str, tuple[str, str, int]]:
    return {r.id: (r.status, r.reason, r.attempts) for r in ledger.records.values()}


def worked() -> list[str]:
    return Path("log").read_text().split()


def test_every_kind_of_outcome(capsys: pytest.CaptureFixture):
    orders = {"p": "permanent", "f": "filtered", "t": "transient", "w": "twice", "b": "bug"}
    found = outcomes(run(items("a", **orders)))
    assert found.pop("b")[1].startswith("a bug (test_stage.py:")
    assert found == {
        "a": ("ok", "", 1),
        "p": ("failed", "gone", 1),
        "f": ("filtered", "too long", 1),
        "t": ("failed", "busy", 3),
        "w": ("ok", "", 3),
    }
    assert sorted(path.name for path in OUT.iterdir()) == ["a.txt", "w.txt"]
    said = capsys.readouterr().err
    assert "1 x gone" in said and "1 x too long" in said and "6 items, 0 done before, 6 to do" in said


def test_what_is_done_is_not_done_again_and_what_changed_is():
    run(items("a", "b"))
    run(items("a", "b"))
    assert worked() == ["a", "b"]
    run([*items("a"), Item("b", "another input", {"order": ""})])
    assert worked() == ["a", "b", "b"]
    run(items("a", "b"), uses="other")
    assert sorted(worked()[3:]) == ["a", "b"]


def test_a_damaged_artifact_is_made_again():
    run(items("a", "b"))
    (OUT / "a.txt").write_text("torn")
    run(items("a", "b"))
    assert worked() == ["a", "b", "a"]
    assert (OUT / "a.txt").read_text() == "a "


def test_failures_are_retried_then_quarantined_until_retry():
    todo = items(p="permanent", t="transient", b="bug")
    run(todo)
    assert sorted(worked()) == ["b", "p", "t", "t", "t"]
    run(todo)
    run(todo)
    run(todo)
    assert worked().count("b") == 3  # a bug is tried once a run
    assert worked().count("p") == 1
    assert worked().count("t") == 9  # an outage that eats the tries of one run is one failure
    assert sorted(Ledger("stage").retry()) == ["b", "p", "t"]
    run(todo)
    assert worked().count("p") == 2 and worked().count("t") == 12


def test_backoff_doubles_with_jitter_and_obeys_the_server(monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(random, "uniform", lambda low, high: (low, high) == (0.5, 1.5))
    run(items(t="transient", w="twice"), backoff=2.0)
    assert waits == [2.0, 4.0, 0.01, 0.01]


def test_orphans_leave_and_strangers_too():
    run(items("a", "b", "c"))
    (OUT / "sub").mkdir()
    for name in (".draft.txt", "old.txt", "sub/old.txt"):
        (OUT / name).write_text("left behind")
    run(items("a", "b"))
    assert sorted(path.name for path in OUT.rglob("*") if path.is_file()) == ["a.txt", "b.txt"]
    run(items("a", b="permanent"), uses="other")
    assert [path.name for path in OUT.rglob("*") if path.is_file()] == ["a.txt"]


def test_the_budget_decides_the_end():
    todo = items("a", "b", "c", p="permanent")
    run(todo, budget=0.25)
    with pytest.raises(
        StageFailed, match=r"1 of 4 items failed \(25%\), the budget is 24%.*muvisync retry --stage stage"
    ):
        run(todo, budget=0.24)
    run(items("a", "b", f="filtered"), budget=0.0)


def test_nothing_to_do_is_fine():
    assert run([], budget=0.0).records == {}


def test_a_full_disk_stops_at_once_and_keeps_what_is_done():
    todo = items("a", full="full", later="")
    with pytest.raises(StageFailed, match=r"stage stopped: .*No space left.*Mend this"):
        run(todo)
    assert worked() == ["a", "full"]
    ledger = Ledger("stage")
    assert outcomes(ledger) == {"a": ("ok", "", 1), "full": ("pending", "", 0), "later": ("pending", "", 0)}
    mended = items("a", "full", "later")
    run(mended)
    assert worked() == ["a", "full", "full", "later"]


def test_a_torn_ledger_line_redoes_that_item_only(capsys: pytest.CaptureFixture):
    ledger = run(items("a", "b"))
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data[:-30])
    run(items("a", "b"))
    assert worked() == ["a", "b", "b"]
    assert "1 torn ledger line(s)" in capsys.readouterr().err


def test_a_crash_and_a_hang_cost_one_item_each_and_engines_agree():
    orders = {"crash": "crash", "hang": "hang", "p": "permanent"}
    found = outcomes(run(items("a", "b", "c", **orders), engine="processes"))
    assert {name for name, (status, _, _) in found.items() if status == OK} == set("abc")
    assert "died" in found["crash"][1] and "time limit" in found["hang"][1]
    assert found["crash"][0] == found["hang"][0] == FAILED
    first = {path.name: path.read_bytes() for path in OUT.iterdir()}
    run(items("a", "b", "c"), uses="other")
    assert {path.name: path.read_bytes() for path in OUT.iterdir()} == first


@pytest.mark.parametrize("change", ["nothing", "one more", "one less", "one changed"])
def test_an_incremental_run_equals_one_from_scratch(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    after: dict[str, Callable[[], list[Item]]] = {
        "nothing": lambda: items("a", "b"),
        "one more": lambda: items("a", "b", "c"),
        "one less": lambda: items("b"),
        "one changed": lambda: [*items("a"), Item("b", "new input", {"order": "changed"})],
    }
    run(items("a", "b"))
    run(after[change]())
    incremental = {path.name: path.read_bytes() for path in OUT.iterdir()}
    (tmp_path / "fresh").mkdir()
    monkeypatch.chdir(tmp_path / "fresh")
    run(after[change]())
    assert {path.name: path.read_bytes() for path in OUT.iterdir()} == incremental


def test_a_long_retry_after_is_not_slept_through(monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    plan = Plan("stage", OUT, {}, RUN, 1.0)
    ledger = run_items(plan, items("a"), partial(_come_back_tomorrow))
    assert waits == []
    assert outcomes(ledger) == {"a": ("failed", "busy", 1)}  # taken up by the next run


def _come_back_tomorrow(item: Item) -> Done:
    raise Transient("busy", wait=86_400.0)
