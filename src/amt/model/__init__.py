"""The models as plain modules: the Affective Multimodal Transformer and the Bi-GRU. No Lightning, no dataset."""

from amt.model.amt import KEY_IDS, START, Amt, AmtDecoder, DecoderState, VideoEncoder
from amt.model.checkpoint import ModelError, load_model, read_encoder, save_model
from amt.model.config import AmtConfig, RhythmConfig
from amt.model.rhythm import Rhythm
from amt.model.video import MODALITIES, Video, VideoFeatures

__all__ = [
    "KEY_IDS",
    "MODALITIES",
    "START",
    "Amt",
    "AmtConfig",
    "AmtDecoder",
    "DecoderState",
    "ModelError",
    "Rhythm",
    "RhythmConfig",
    "Video",
    "VideoEncoder",
    "VideoFeatures",
    "load_model",
    "read_encoder",
    "save_model",
]
