"""What a worker does with one item of the generate stage."""

from __future__ import annotations

from pathlib import Path

from muvisync.files import write_json
from muvisync.params import Params
from muvisync.stage import Done, Item

REPORTS = Path("reports/generate")
OUT = REPORTS / "videos"
MODELS = Path("models")


def make_item(params: Params, item: Item) -> Done:
    """Make one video's music; runs in a worker, so torch is loaded here."""
    import torch

    from amt.generate.output.mux import video_to_poster
    from amt.generate.predict.features import read_seen
    from amt.generate.produce import load_models, produce
    from amt.generate.wish import Wish

    torch.set_num_threads(1)  # sums over other numbers of threads differ in the last bit
    media, out = Path(item.payload["media"]), OUT / f"{item.id}.mp4"
    wish = Wish(seed=params.generate.seed, temperature=params.generate.temperature)
    (made,) = produce(media, read_seen(Path(item.payload["features"])), load_models(MODELS), wish, [out])
    video_to_poster(media, made.piece.duration / 3, out.with_suffix(".jpg"))
    about = {"video_id": item.id, "title": item.payload["title"], "split": item.payload["split"]}
    write_json(out.with_suffix(".json"), about | made.timeline | {"metrics": made.metrics})
    artifacts = [out.with_suffix(suffix) for suffix in (".mp4", ".mid", ".wav", ".json", ".jpg")]
    return Done(artifacts, media_seconds=made.piece.duration)
