"""The work of the stage: which items there are, what one of them costs, what its result depends on."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from muvisync.media import find_media
from muvisync.params import VideoParams
from muvisync.schema import SCHEMA_VERSION
from muvisync.stage import Done, Item
from muvisync.video.checkpoint import SAMPLE, encoder_to_checkpoint

OUT = Path("data/video")
VERSION = 1
"""Raise it when the same file would give other features: everything is then done anew."""

_EXTRACTORS = ("av", "open_clip_torch", "opencv-python-headless", "scenedetect", "torch")


def result_uses(params: VideoParams) -> dict:
    """All that a result depends on beside the media file: parameters, the encoder's weights, versions.

    Raises:
        UserError: there is no such encoder or checkpoint.
    """
    encoder = encoder_to_checkpoint(params.encoder, params.weights).label
    extractors = {name: version(name) for name in _EXTRACTORS}
    versions = {"version": VERSION, "schema": SCHEMA_VERSION}
    return params.uses() | versions | {"encoder_content": encoder, "extractors": extractors}


def check_encoder(params: VideoParams) -> None:
    """Load the encoder once before the work is handed out: what is wrong with it is wrong for every item.

    A published tag is downloaded here, by one process. The sample's own CLIP is part of the package and tested there.

    Raises:
        UserError: it can't be had, with the next step.
    """
    if params.encoder == SAMPLE:
        return
    from muvisync.video.clip import load_encoder

    load_encoder(params.encoder, params.weights)


def extract_video(params: VideoParams, item: Item) -> Done:
    """Extract the features of one media file and write its artifact.

    Raises:
        Filtered: there is no picture.
        Permanent: it can't be decoded.
    """
    # here, not above: the process that only hands out the work needs none of it
    import cv2
    import torch

    from muvisync.video.artifact import features_to_table, write_table
    from muvisync.video.clip import load_encoder
    from muvisync.video.extract import video_to_features

    # as many workers as cores; and sums over several threads differ in the last bits, so would the engines' artifacts
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    encoder = load_encoder(params.encoder, params.weights)
    features = video_to_features(find_media(item.payload["media"]), encoder, params.batch_size)
    path = OUT / f"{item.id}.parquet"
    write_table(features_to_table(item.id, features), path)
    return Done([path], media_seconds=features.metadata["duration"], notes=features.notes)
