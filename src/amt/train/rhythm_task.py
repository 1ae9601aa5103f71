"""Lightning around the Bi-GRU: what a training and a validation step compute and log."""

from __future__ import annotations

from torch import Tensor

from amt.model import BiGru, Video
from amt.model.batch import SongBatch
from amt.model.losses import masked_squares
from amt.train.task import Task, hide_modalities


class RhythmTask(Task):
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
