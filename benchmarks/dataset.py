"""The stage `dataset`: its memory must not grow with the number of videos, and a song must open in a moment."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from amt.model.songs import read_songs
from muvisync.files import write_json
from muvisync.params import PARAMS_FILE
from muvisync.schema import VIDEO_ARTIFACT

FEW, MANY, SECONDS = 100, 1_000, 240  # a published song has 247 seconds
MOST_GROWTH = 1.2
MOST_MILLISECONDS = 1.0
"""The published loader takes 41 ms (text files and .npy)."""
_ROUNDS = 20
# The kernel's own high-water mark (Linux): getrusage would give a child the peak of the process that started it.
_STAGE = """
from pathlib import Path
from muvisync.dataset.__main__ import main
main()
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def main() -> bool:
    """Measure both; whether both targets are met."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (Path(folder) / str(count) for count in (FEW, MANY))
        memory = [_run_stage(place, count) for place, count in ((few, FEW), (many, MANY))]
        growth = memory[1] / memory[0]
        print(f"memory of `dataset`: {memory[0]:.0f} MB at {FEW} videos, {memory[1]:.0f} MB at {MANY} of {SECONDS} s")
        print(f"growth: {growth:.2f} times, target at most {MOST_GROWTH}")
        opening = milliseconds_to_open(few / "data/dataset")
    print(f"opening a song of {SECONDS} s from Parquet: {opening:.2f} ms, target at most {MOST_MILLISECONDS} ms")
    return growth <= MOST_GROWTH and opening <= MOST_MILLISECONDS


def _run_stage(workspace: Path, count: int) -> float:
    """Peak resident memory of the stage over `count` synthetic videos, in a process of its own, MB."""
    _write_artifacts(workspace, count)
    (workspace / PARAMS_FILE).write_text(PARAMS_FILE.read_text())
    done = subprocess.run(
        [sys.executable, "-c", _STAGE], cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return int(done.stdout.split()[-1]) / 1e3


def _write_artifacts(workspace: Path, count: int) -> None:
    """What download, transcribe and video leave of `count` videos."""
    numbers = np.random.default_rng(0)
    schema = VIDEO_ARTIFACT.with_metadata({**VIDEO_ARTIFACT.metadata, b"muvisync": json.dumps({}).encode()})
    (workspace / "data/video").mkdir(parents=True)
    for place in range(count):
        name = f"video-{place:04d}"
        media = {"video_id": name, "media": f"{name}.mp4", "sha256": name, "title": name, "source": "sample:0"}
        write_json(workspace / f"data/download/{name}.json", media | {"license": "", "duration": float(SECONDS)})
        per_second = {"chord": ["C", "G"] * (SECONDS // 2), "loudness": [0.1] * SECONDS, "note_density": [3] * SECONDS}
        music = {"key": "C major", "per_second": per_second, "extractors": {}}
        write_json(workspace / f"data/transcribe/{name}.json", music)
        columns = {
            "second": list(range(SECONDS)),
            "semantic": list(numbers.normal(0, 0.7, (SECONDS, 768)).astype(np.float16)),
            "emotion": [[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]] * SECONDS,
            "motion": numbers.uniform(0, 20, SECONDS),
            "scene_id": [0] * SECONDS,
            "scene_offset": list(range(SECONDS)),
        }
        pq.write_table(pa.table(columns, schema=schema), workspace / f"data/video/{name}.parquet")


def milliseconds_to_open(folder: Path) -> float:
    """Processor time of reading all songs from files in the system's cache, a song: the least of several rounds.

    One thread reads, so that on an idle machine it is the time that passes too; other work only adds to it.
    """
    times = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        count = len(read_songs(folder))
        times.append((time.process_time() - started) / count * 1e3)
    return min(times)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
