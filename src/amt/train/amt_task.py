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
        smoothing = self.params.label_smoothing if self.training else 0.0
        weight = self.params.affective_weight
        return amt_loss(logits, batch.targets, batch.video.emotion, _felt(batch), weight, smoothing), logits

    def training_step(self, batch: SongBatch, _: int) -> Tensor:
        loss, _ = self._loss(batch, hide_modalities(batch.video, self.params.modality_dropout))
        steps, weight = (batch.targets != PAD).sum(), self.params.affective_weight
        self._note(loss, "train", steps)
        return (1 - weight) * self.share(steps) * loss.chords + weight * self.share(_felt(batch).sum()) * loss.affective

    def validation_step(self, batch: SongBatch, _: int) -> None:
        loss, logits = self._loss(batch, batch.video)
        real = batch.targets != PAD
        self._note(loss, "val", real.sum())
        right = ((logits.argmax(-1) == batch.targets) & real).sum()
        self.note({"hits1": right / real.sum().clamp(min=1)}, "val", real.sum())

    def _note(self, loss: AmtLoss, part: str, steps: Tensor) -> None:
        self.note({"loss": loss.total, "chords": loss.chords, "affective": loss.affective}, part, steps)


def _felt(batch: SongBatch) -> Tensor:
    """(batch, seconds) bool, real seconds whose emotion was measured."""
    return batch.video.mask & batch.video.present[..., MODALITIES.index("emotion")]
