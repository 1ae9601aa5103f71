"""Lightning around the AMT: what a training and a validation step compute and log."""

from __future__ import annotations

from torch import Tensor

from amt.model import MODALITIES, Amt, Video
from amt.model.batch import SongBatch
from amt.model.losses import AmtLoss, amt_loss
from amt.train.task import Task, hide_modalities
from muvisync.chords import PAD


class AmtTask(Task):
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
