"""Lightning around the regressor: what a training and a validation step compute and log."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from amt.model import Rhythm, Video
from amt.model.batch import SongBatch, songs_to_batch
from amt.model.losses import correlation_loss, masked_squares
from amt.model.songs import Song
from amt.train.task import Task, hide_modalities

_CONSTANT = 1e-3  # of the wanted standard deviation; answers that vary less are not stretched
_ROUNDS = 20


class RhythmTask(Task):
    """Teaches the regressor: squared errors of z-scored density and loudness, and their correlation within a song."""

    model: Rhythm

    def _losses(self, batch: SongBatch, video: Video) -> dict[str, Tensor]:
        wanted = (batch.rhythm - self.model.target_mean) / self.model.target_scale
        predicted = self.model.standardised(video)
        squares = masked_squares(predicted, wanted, batch.rhythm_known)
        correlation = correlation_loss(predicted, wanted, batch.rhythm_known)
        loss = squares + self.params.correlation_weight * correlation
        return {"loss": loss, "squares": squares, "correlation": 1 - correlation}

    def training_step(self, batch: SongBatch, _: int) -> Tensor:
        losses = self._losses(batch, hide_modalities(batch.video, self.params.modality_dropout))
        known, songs = batch.rhythm_known.sum(), batch.rhythm_known.flatten(1).any(1).sum()
        self.note(losses, "train", known)
        apart = self.params.correlation_weight * (1 - losses["correlation"])
        return self.share(known) * losses["squares"] + self.share(songs) * apart

    def validation_step(self, batch: SongBatch, _: int) -> None:
        self.note(self._losses(batch, batch.video), "val", batch.rhythm_known.sum())

    def finish(self, songs: Sequence[Song]) -> None:
        """Stretch the answers to the wanted spread."""
        if self.params.spread:
            self.model.stretch.copy_(songs_to_stretch(self.model, songs, self.params.spread))


@torch.inference_mode()
def songs_to_stretch(model: Rhythm, songs: Sequence[Song], spread: float) -> Tensor:
    """Factors (targets,) that give the answers for these songs `spread` times the truth's standard deviation.

    They never narrow the answers, and leave what hardly varies or isn't known as it is.
    """
    model.eval()
    answers, truths = [], []
    for song in songs:
        batch = songs_to_batch([song])
        known = batch.rhythm_known[0]
        answers.append((model.standardised(batch.video)[0] * model.target_scale).where(known, torch.nan))
        truths.append(batch.rhythm[0].where(known, torch.nan))
    answer, wanted = torch.cat(answers), spread * _deviation(torch.cat(truths))
    factors = torch.ones(len(wanted))
    for _ in range(_ROUNDS):  # what is cut at zero varies less: a little more is needed than the ratio
        found = _deviation((answer * factors + model.target_mean).clamp(min=0))
        factors = torch.where(found > _CONSTANT * wanted, factors * wanted / found, 1.0).nan_to_num(1.0).clamp(min=1)
    return factors


def _deviation(values: Tensor) -> Tensor:
    """Standard deviation of each column's numbers, NaN where there is none."""
    return (values - values.nanmean(0)).square().nanmean(0).sqrt()
