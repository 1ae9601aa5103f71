"""What a second of media costs each per-video stage: CPU-seconds on one core, and megabytes on the disk."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks._processor import SINGLE_THREAD, run_and_time
from muvisync.catalog import Video, write_catalog
from muvisync.container import probe
from muvisync.params import PARAMS_FILE

CLIP = Path("../shared/media/good/sintel-trailer.mp4")
STAGES = ("download", "transcribe", "video")
_FEW, _MANY = 1, 3
LEAST = 1.0
"""Media-seconds per core-second: a core must keep up with a video that plays."""
_BIG = "ViT-L-14-336"
_PICTURES = 4


@dataclass(frozen=True)
class Cost:
    """CPU-seconds of one process with one thread: to start and load its models, and for the clip itself."""

    start: float
    work: float
    megabytes: float


def main() -> bool:
    """Measure every stage on the clip; whether all keep up."""
    if not CLIP.exists():
        print(f"{CLIP} does not lie beside the project: not measured")
        return True
    seconds = probe(CLIP).duration
    costs = _costs(CLIP.resolve())
    print(f"{CLIP.name}, {seconds:.1f} s, one core, the sample's small CLIP; CPU-seconds")
    for stage, cost in costs.items():
        hour = cost.work / seconds
        pace = f"{1 / hour:8.1f} media-seconds per core-second" if hour else ""
        print(
            f"{stage:<10} start {cost.start:5.1f}   clip {cost.work:6.1f}   {pace}   {hour:6.3f} core-hours and "
            f"{cost.megabytes * 3600 / seconds:6.1f} MB a video-hour"
        )
    picture = _seconds_per_picture()
    print(f"{_BIG}: {picture:.1f} core-seconds a picture, so {picture:.1f} core-hours a video-hour without a GPU")
    return all(cost.work <= seconds / LEAST for cost in costs.values())


def _costs(clip: Path) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_workspace(Path(folder) / str(count), clip, count) for count in (_FEW, _MANY))
        costs = {}
        for stage in STAGES:
            once = _cpu(stage, few)
            work = max(0.0, _cpu(stage, many) - once) / (_MANY - _FEW)
            size = sum(path.stat().st_size for path in (few / "data" / stage).rglob("*") if path.is_file())
            costs[stage] = Cost(once - work, work, size / 1e6)
        return costs


def _workspace(folder: Path, clip: Path, copies: int) -> Path:
    (folder / "data").mkdir(parents=True)
    text = PARAMS_FILE.read_text().replace("engine: processes", "engine: serial")
    (folder / PARAMS_FILE).write_text(text)
    write_catalog(folder / "data/catalog.csv", [Video(f"clip-{number}", str(clip)) for number in range(copies)])
    return folder


def _cpu(stage: str, workspace: Path) -> float:
    """User and system seconds of a run of the stage."""
    return run_and_time([*SINGLE_THREAD, "-m", f"muvisync.{stage}"], workspace)[0]


def _seconds_per_picture() -> float:
    """Core-seconds that the big CLIP takes for one picture; the values of its weights do not matter for that."""
    import open_clip
    import torch

    torch.set_num_threads(1)
    model = open_clip.create_model(_BIG).eval().visual
    pictures = torch.zeros(_PICTURES, 3, 336, 336)
    with torch.inference_mode():
        model(pictures[:1])
        before = time.process_time()
        model(pictures)
        return (time.process_time() - before) / _PICTURES


if __name__ == "__main__":
    main()
