"""What counting the training songs gives: scales of the features and targets, and where the decoder begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from amt.model import AmtDecoder, Rhythm, VideoFeatures
from amt.model.batch import song_to_targets, songs_to_batch
from amt.model.ngrams import bigram_counts, fit_unigram, smooth
from amt.model.songs import Song
from amt.model.video import video_to_columns

_SMALLEST = 1e-4  # of a standard deviation; a column that never changes keeps its scale


def set_feature_statistics(features: VideoFeatures, songs: Sequence[Song]) -> None:
    """Scale the video's columns by what these songs measured; a modality that none of them has stays as it is."""

    def rows() -> Iterable[tuple[Tensor, Tensor]]:
        for song in songs:
            video = songs_to_batch([song]).video
            yield video_to_columns(video)[0], features.present_columns(video)[0]

    _set_moments(features.mean, features.scale, rows())


def set_target_statistics(model: Rhythm, songs: Sequence[Song]) -> None:
    """Scale density and loudness by the known seconds of these songs."""
    batches = (songs_to_batch([song]) for song in songs)
    rows = ((batch.rhythm[0], batch.rhythm_known[0]) for batch in batches)
    _set_moments(model.target_mean, model.target_scale, rows)


def set_transitions(decoder: AmtDecoder, songs: Sequence[Song]) -> None:
    """Let the decoder begin as the smoothed bigram of these songs."""
    targets = [song_to_targets(song) for song in songs]
    bigram = smooth(bigram_counts(targets), fit_unigram(targets), smoothing=1.0)
    decoder.begin_as(torch.from_numpy(bigram).float())


def _set_moments(mean: Tensor, scale: Tensor, rows: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Fill two buffers (columns,) from pairs of values and masks (seconds, columns), one song in memory at a time."""
    count, first, second = (torch.zeros(len(mean), dtype=torch.float64) for _ in range(3))
    for values, known in rows:
        values = torch.where(known, values, 0.0).double()
        count += known.sum(0)
        first += values.sum(0)
        second += (values**2).sum(0)
    seen = count > 0
    average = first / count.clamp(min=1)
    deviation = (second / count.clamp(min=1) - average**2).clamp(min=0).sqrt()
    mean.copy_(average)
    scale.copy_(torch.where(seen & (deviation > _SMALLEST), deviation, 1.0))
