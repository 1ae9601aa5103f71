"""What every per-video stage does around its work: skip what is done, retry, record, count, keep the budget."""

from __future__ import annotations

import errno
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from muvisync.cluster import Cluster
from muvisync.errors import Filtered, Permanent, Transient, UserError
from muvisync.files import json_hash
from muvisync.ledger import FAILED, FILTERED, OK, PENDING, Artifact, Ledger, Record
from muvisync.media import described, find_media, refuse_missing
from muvisync.parallel import map_items
from muvisync.params import RunParams
from muvisync.pool import WorkerLost
from muvisync.summary import print_summary

# the machine is broken, not the item: going on would only fail every other item too
_FATAL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
# ffmpeg and other libraries have only words for it
_FATAL_WORDS = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS))

_LONGEST_WAIT = 300.0  # seconds; a server that asks for more is left to the next run: a worker has better things to do


@dataclass(frozen=True, slots=True)
class Item:
    """One unit of work: `input` is a hash of all that goes in, `payload` what the worker needs (picklable).

    `needs` is the media file that the work reads: while an item is to be done whose file is not there, nothing starts.
    """

    id: str
    input: str
    payload: dict = field(default_factory=dict)
    needs: str | None = None  # a text: the items of all videos are in memory, and a Path takes five times as much


def media_items() -> list[Item]:
    """One item for each media file that the download stage describes, sorted by id."""
    return [Item(m["video_id"], m["sha256"], {"media": m["media"]}, str(find_media(m["media"]))) for m in described()]


@dataclass(frozen=True)
class Done:
    """What an item's work returns: the files it wrote and how much media it covered."""

    artifacts: list[Path]
    media_seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """How a stage runs its items.

    `uses` is everything that the result depends on beside the item's input: parameters and extractor versions.
    `gpu` is whether an item can use a share of a GPU.
    """

    stage: str
    out: Path
    uses: dict
    run: RunParams
    failure_budget: float
    gpu: bool = False


class StageFailed(UserError):
    """The stage must exit non-zero; the message says why and what to do next."""


@dataclass(frozen=True)
class _Outcome:
    status: str
    seconds: float
    attempts: int = 1
    done: Done | None = None
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    reason: str = ""
    error: str = ""
    permanent: bool = False
    fatal: bool = False
    score: float | None = None


def run_items(plan: Plan, items: Iterable[Item], work: Callable[[Item], Done]) -> Ledger:
    """Bring every item to an outcome and return the ledger.

    Args:
        work: picklable; writes its artifacts atomically under `plan.out`; raises Transient, Permanent or Filtered.

    Raises:
        StageFailed: more failures than the budget allows, or the disk is full or not writable.
        UserError: media that have to be looked at again are not there; nothing has changed then.
    """
    by_id = {item.id: item for item in items}
    plan.out.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(plan.stage)
    todo = ledger.begin(
        {item.id: json_hash([item.input, plan.uses]) for item in by_id.values()},
        plan.run.attempts,
        partial(_refuse_missing, plan.stage, by_id),
    )
    announce(plan.stage, ledger, len(by_id), len(todo))
    started = time.monotonic()
    for count, (item, outcome) in enumerate(_outcomes(plan, (by_id[name] for name in todo), work), start=1):
        if isinstance(outcome, _Outcome) and outcome.fatal:
            raise StageFailed(
                f"{plan.stage} stopped: {outcome.reason}. Mend this, then run again; what is done is kept"
            )
        record = _to_record(ledger.records[item.id], outcome)
        ledger.append(record)
        _progress(plan.stage, record, count, len(todo), time.monotonic() - started)
    _delete_orphans(plan.out, ledger)
    print_summary(plan.stage, ledger, time.monotonic() - started)
    check(plan, ledger, len(by_id))
    return ledger


def _refuse_missing(stage: str, by_id: dict[str, Item], todo: list[str]) -> None:
    needed = {name: by_id[name].needs for name in todo}
    if missing := [name for name, path in needed.items() if path is not None and not Path(path).exists()]:
        refuse_missing(stage, missing)


def _outcomes(
    plan: Plan, items: Iterable[Item], work: Callable[[Item], Done]
) -> Iterator[tuple[Item, _Outcome | WorkerLost]]:
    run = plan.run
    return map_items(
        partial(_attempt, work, run.attempts, run.backoff),
        items,
        engine=run.engine,
        workers=run.workers,
        timeout=run.item_timeout,
        tries=run.attempts,
        cluster=Cluster(run.ray_address, run.items_per_task, run.gpus_per_item if plan.gpu else 0.0),
    )


def _attempt(work: Callable[[Item], Done], attempts: int, backoff: float, item: Item) -> _Outcome:
    """Runs in the worker: errors come back as values, with the policy that their type carries."""
    started = time.monotonic()
    for attempt in range(1, attempts + 1):
        outcome = partial(_Outcome, seconds=0.0, attempts=attempt)
        try:
            done = work(item)
            # hashed here, not by the one process that writes the ledger: it would be what a cluster waits for
            result = outcome(OK, done=done, artifacts={str(path): Artifact.of(path) for path in done.artifacts})
        except Filtered as error:
            result = outcome(FILTERED, reason=str(error), score=error.score)
        except Permanent as error:
            fatal = any(words in str(error) for words in _FATAL_WORDS)
            result = outcome(FAILED, reason=str(error), error=type(error).__name__, permanent=True, fatal=fatal)
        except Transient as error:
            # jitter, so that many workers do not knock on the same door at the same moment
            wait = error.wait or backoff * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
            if attempt < attempts and wait <= _LONGEST_WAIT:
                time.sleep(wait)
                continue
            result = outcome(FAILED, reason=str(error), error=type(error).__name__)
        except Exception as error:
            fatal = getattr(error, "errno", None) in _FATAL_ERRNOS or any(w in str(error) for w in _FATAL_WORDS)
            result = outcome(FAILED, reason=_describe(error), error=type(error).__name__, fatal=fatal)
        break
    return replace(result, seconds=time.monotonic() - started)


def _describe(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{' '.join(str(error).split())[:300] or type(error).__name__}{where}"


def _to_record(before: Record, outcome: _Outcome | WorkerLost) -> Record:
    if isinstance(outcome, WorkerLost):
        return replace(
            before,
            status=FAILED,
            reason=str(outcome),
            error="WorkerLost",
            attempts=before.attempts + outcome.attempts,
            failures=before.failures + 1,
            artifacts={},
        )
    done = outcome.done or Done([])
    return replace(
        before,
        status=outcome.status,
        reason=outcome.reason,
        error=outcome.error,
        permanent=outcome.permanent,
        attempts=before.attempts + outcome.attempts,
        failures=before.failures + (outcome.status == FAILED),
        seconds=round(outcome.seconds, 3),
        media_seconds=round(done.media_seconds, 3),
        score=outcome.score,
        notes=tuple(done.notes),
        artifacts=outcome.artifacts,
    )


def announce(stage: str, ledger: Ledger, total: int, todo: int) -> None:
    """Say how much there is to do."""
    torn = f", {ledger.torn} torn ledger line(s) of a killed run ignored" if ledger.torn else ""
    _say(f"{stage}: {total} items, {total - todo} done before, {todo} to do{torn}")


def _progress(stage: str, record: Record, count: int, total: int, elapsed: float) -> None:
    left = elapsed / count * (total - count)
    why = f": {record.reason}" if record.reason else "".join(f" ({note})" for note in record.notes)
    _say(f"{stage} {count}/{total} {record.id} {record.status} {record.seconds:.1f} s, {left:.0f} s left{why}")


def _say(line: str) -> None:
    # plain lines, not a bar: they go through DVC and Prefect into log files
    print(line, file=sys.stderr, flush=True)


def _delete_orphans(out: Path, ledger: Ledger) -> None:
    """Files of items that are gone, failed or half written leave the stage's output folder."""
    keep = {os.path.realpath(path) for path in ledger.artifacts()}
    for folder, _, names in os.walk(out):
        for path in (Path(folder, name) for name in names):
            if os.path.realpath(path) not in keep:
                path.unlink()


def check(plan: Plan, ledger: Ledger, total: int) -> None:
    """Raise StageFailed unless the outcomes add up and the failures stay within the budget."""
    counts = ledger.counts()
    if sum(counts[status] for status in (OK, FILTERED, FAILED, PENDING)) != total or counts[PENDING]:
        raise StageFailed(f"{plan.stage}: outcomes {dict(counts)} do not add up to {total} items; run again")
    share = counts[FAILED] / total if total else 0.0
    if share > plan.failure_budget:
        raise StageFailed(
            f"{plan.stage}: {counts[FAILED]} of {total} items failed ({share:.0%}), the budget is "
            f"{plan.failure_budget:.0%}. See `muvisync status`; mend and `muvisync retry --stage {plan.stage}`, "
            f"or raise {plan.stage}.failure_budget in params.yaml"
        )
