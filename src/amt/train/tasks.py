"""Lightning around the plain models: what a training and a validation step compute and log."""

from __future__ import annotations

from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from amt.model import MODALITIES, Amt, BiGru, Video
from amt.model.batch import SongBatch
from amt.model.losses import AmtLoss, amt_loss, masked_squares
from amt.train.schedule import learning_rate_share
from muvisync.chords import PAD
from muvisync.params import TrainAmtParams, TrainRhythmParams


def hide_modalities(video: Video, share: float) -> Video:
    """Mark each modality of each video as missing with probability `share`, so that any subset works at inference."""
    hidden = torch.rand(len(video.mask), 1, len(MODALITIES), device=video.mask.device) < share
    return video._replace(present=video.present & ~hidden)


class _Task(LightningModule):
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
            self.parameters(), lr=params.learning_rate, betas=(0.9, 0.98), weight_decay=params.weight_decay
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: learning_rate_share(step, params.warmup_steps, total, params.schedule)
        )
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def note(self, values: dict[str, Tensor], part: str, weight: int) -> None:
        """Log the epoch's means, weighted by `weight` (how many seconds or steps a batch's figure is the mean of)."""
        named = {f"{part}/{name}": value.detach() for name, value in values.items()}
        self.log_dict(named, on_step=False, on_epoch=True, batch_size=max(weight, 1), sync_dist=True)


class AmtTask(_Task):
    """Teaches the AMT: chord cross-entropy and affective matching loss."""

    model: Amt

    def _loss(self, batch: SongBatch, video: Video) -> tuple[AmtLoss, Tensor]:
        logits = self.model(video, batch.chords, batch.key)
        counted = batch.video.mask & batch.video.present[..., MODALITIES.index("emotion")]
        smoothing = self.params.label_smoothing if self.training else 0.0
        weight = self.params.affective_weight
        return amt_loss(logits, batch.targets, batch.video.emotion, counted, weight, smoothing), logits

    def training_step(self, batch: SongBatch, _: int) -> Tensor:
        loss, _ = self._loss(batch, hide_modalities(batch.video, self.params.modality_dropout))
        self.note(
            {"loss": loss.total, "chords": loss.chords, "affective": loss.affective},
            "train",
            int((batch.targets != PAD).sum()),
        )
        return loss.total

    def validation_step(self, batch: SongBatch, _: int) -> None:
        loss, logits = self._loss(batch, batch.video)
        real = batch.targets != PAD
        hits = (logits.argmax(-1) == batch.targets)[real].float().mean()
        self.note(
            {"loss": loss.total, "chords": loss.chords, "affective": loss.affective, "hits1": hits},
            "val",
            int(real.sum()),
        )


class RhythmTask(_Task):
    """Teaches the Bi-GRU: squared errors of z-scored density and loudness."""

    model: BiGru

    def _loss(self, batch: SongBatch, video: Video) -> Tensor:
        wanted = (batch.rhythm - self.model.target_mean) / self.model.target_scale
        return masked_squares(self.model.standardised(video), wanted, batch.rhythm_known)

    def training_step(self, batch: SongBatch, _: int) -> Tensor:
        loss = self._loss(batch, hide_modalities(batch.video, self.params.modality_dropout))
        self.note({"loss": loss}, "train", int(batch.rhythm_known.sum()))
        return loss

    def validation_step(self, batch: SongBatch, _: int) -> None:
        self.note({"loss": self._loss(batch, batch.video)}, "val", int(batch.rhythm_known.sum()))
