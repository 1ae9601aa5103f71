from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from muvisync.errors import UserError
from muvisync.schema import EMOTIONS
from muvisync.video.checkpoint import encoder_to_checkpoint
from muvisync.video.clip import ClipEncoder, embeddings_to_emotion, load_encoder

PICTURES = np.random.default_rng(0).integers(0, 256, (5, 120, 160, 3), np.uint8)


def encode(encoder: ClipEncoder, pictures: np.ndarray = PICTURES) -> tuple[np.ndarray, np.ndarray]:
    return encoder.encode([encoder.prepare(picture) for picture in pictures])


def test_emotion_is_the_softmax_of_scaled_cosines():
    words = functional.normalize(torch.eye(6, 8), dim=-1)
    emotion = embeddings_to_emotion(torch.tensor([[3.0, 4.0, 0, 0, 0, 0, 0, 0]]), words, torch.tensor(10.0))
    assert emotion[0].tolist() == pytest.approx(torch.tensor([6.0, 8.0, 0, 0, 0, 0]).softmax(-1).tolist())


def test_semantics_and_emotion_of_pictures(encoder: ClipEncoder):
    semantic, emotion = encode(encoder)
    assert (semantic.shape, semantic.dtype) == ((5, 768), np.float16)
    assert (emotion.shape, emotion.dtype) == ((5, len(EMOTIONS)), np.float32)
    assert emotion.sum(axis=1) == pytest.approx(1, abs=4e-4)
    assert np.array_equal(emotion, emotion.round(4))
    assert (np.linalg.norm(semantic.astype(np.float32), axis=1) > 2).all()  # not normalised


def test_a_batch_is_its_pictures_one_by_one(encoder: ClipEncoder):
    semantic, emotion = encode(encoder)
    one, its_emotion = encode(encoder, PICTURES[3:4])
    assert one[0].astype(np.float32) == pytest.approx(semantic[3].astype(np.float32), abs=0.02)
    assert its_emotion[0] == pytest.approx(emotion[3], abs=1e-3)


def test_a_local_checkpoint_is_the_same_encoder(encoder: ClipEncoder, tmp_path: Path):
    torch.save(encoder.model.state_dict(), tmp_path / "weights.pt")
    local = load_encoder("muvisync-sample", str(tmp_path / "weights.pt"))
    assert np.array_equal(encode(local)[0], encode(encoder)[0])
    assert str(tmp_path) not in local.label


@pytest.mark.parametrize(
    ("name", "weights", "message"),
    [
        ("ViT-L-14-337", "openai", "did you mean .*ViT-L-14-336"),
        ("ViT-B-32", "openai", "512 wide, the dataset's are 768"),
        ("ViT-L-14-336", "no/such/file.safetensors", "neither a file nor a published tag.*openai"),
        ("ViT-L-14-336", "weights.onnx", "ends in .safetensors"),
    ],
)
def test_an_encoder_that_can_not_be_is_told_before_loading(
    name: str, weights: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("weights.onnx").touch()
    with pytest.raises(UserError, match=message):
        encoder_to_checkpoint(name, weights)


def test_openai_weights_run_with_their_activation(tmp_path: Path):
    assert encoder_to_checkpoint("ViT-L-14-336", "openai").options["force_quick_gelu"]
    (tmp_path / "openai.safetensors").touch()
    local = encoder_to_checkpoint("ViT-L-14-336", str(tmp_path / "openai.safetensors"))
    assert local.options["force_quick_gelu"]
    # of this one there are also weights with the other activation
    assert "force_quick_gelu" not in encoder_to_checkpoint("ViT-L-14", str(tmp_path / "openai.safetensors")).options


def test_weights_that_do_not_fit_are_told(encoder: ClipEncoder, tmp_path: Path):
    (tmp_path / "torn.safetensors").write_bytes(b"\0" * 100)
    torch.save({"some": torch.zeros(3)}, tmp_path / "other.pt")
    torch.save(encoder.model, tmp_path / "pickled.pt")
    for name in ("torn.safetensors", "other.pt", "pickled.pt"):
        with pytest.raises(UserError, match=r"can't be loaded as muvisync-sample.*safetensors file"):
            load_encoder("muvisync-sample", str(tmp_path / name))


def test_a_published_tag_that_can_not_be_downloaded_is_told(monkeypatch: pytest.MonkeyPatch):
    def no_network(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("open_clip.factory.download_pretrained", no_network)
    with pytest.raises(
        UserError, match=r"can't be had .*no route to host.*set video\.weights in params\.yaml to its path"
    ):
        load_encoder("ViT-L-14-336", "openai")


def test_other_weights_have_another_label(tmp_path: Path):
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    one.write_bytes(b"one")
    two.write_bytes(b"two")
    labels = {encoder_to_checkpoint("ViT-L-14", str(path)).label for path in (one, two)}
    assert len(labels) == 2
