"""What both trainings share: the optimiser, its schedule, a seed for every step, hidden modalities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from amt.model import MODALITIES, Video
from amt.model.songs import Song
from amt.train.schedule import learning_rate_share
from muvisync.params import TrainAmtParams, TrainRhythmParams


def hide_modalities(video: Video, share: float) -> Video:
    """Mark each modality of each video as missing with probability `share`, so that any subset works at inference."""
    hidden = torch.rand(len(video.mask), 1, len(MODALITIES), device=video.mask.device) < share
    return video._replace(present=video.present & ~hidden)


class Task(LightningModule):
    """What both trainings share: the optimiser, its schedule, and a seed for every step."""

    def __init__(self, model: nn.Module, params: TrainAmtParams | TrainRhythmParams) -> None:
        super().__init__()
        self.model, self.params = model, params

    def on_train_batch_start(self, *_: Any) -> None:
        # seeded by the step, so that a resumed run drops what an undisturbed one drops
        torch.manual_seed(self.params.seed + 1_000_003 * self.global_step + 7919 * self.global_rank)

    def configure_optimizers(self) -> dict[str, Any]:
        params, total = self.params, int(self.trainer.estimated_stepping_batches)
        optimiser = torch.optim.AdamW(
            self.parameters(),
            lr=params.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=params.weight_decay,
            # Lightning does not clip gradients of a fused step in mixed precision: the step may unscale them itself
            fused=not self.trainer.precision.endswith("mixed"),
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: learning_rate_share(step, params.warmup_steps, total, params.schedule)
        )
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def finish(self, songs: Sequence[Song]) -> None:
        """What is left to do once the best weights are in; the songs are those that chose them."""

    def share(self, count: Tensor) -> Tensor | float:
        """The factor of a mean over `count` things of this process in the step's mean over those of all processes.

        DDP averages the processes' gradients; with this factor that is the gradient of one mean over all things, which
        one process with all the songs would have.
        """
        if self.trainer.world_size == 1:
            return 1.0
        total = self.trainer.strategy.reduce(count.float(), reduce_op="sum")
        return count * self.trainer.world_size / total.clamp(min=1)

    def note(self, values: dict[str, Tensor], part: str, count: Tensor) -> None:
        """Log the epoch's means over all processes; `count` is of how many things each figure is the mean."""
        named = {f"{part}/{name}": value.detach() for name, value in values.items()}
        # a trace where nothing counts: a mean over nothing at all would be no number
        self.log_dict(named, on_step=False, on_epoch=True, batch_size=float(count) or 1e-9, sync_dist=True)
