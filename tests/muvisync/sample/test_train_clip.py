import open_clip
import torch

from muvisync.files import read_json
from muvisync.sample import CLIP_NAME, clip_checkpoint
from muvisync.sample.captions import draw_captioned
from muvisync.sample.compose import MOODS
from muvisync.sample.train_clip import save, train


def test_a_few_steps_train_save_and_load(tmp_path, monkeypatch):
    monkeypatch.setattr("muvisync.sample.train_clip.HELD_OUT", 12)
    model, figures = train(images=12, steps=2, batch=6)
    assert figures["scenes"] == 12 and set(figures["per_mood"]) == set(MOODS)
    save(model, tmp_path / "weights.safetensors")
    again = open_clip.create_model(CLIP_NAME, pretrained=str(tmp_path / "weights.safetensors"))
    picture = torch.zeros(1, 3, 96, 96)
    torch.testing.assert_close(again.encode_image(picture), model.encode_image(picture), atol=0.05, rtol=0.05)


def test_scenes_and_captions_are_the_same_for_the_same_seed():
    first, second = (list(draw_captioned("a", 6)) for _ in range(2))
    assert [text for _, text, _ in first] == [text for _, text, _ in second]
    assert all((a[0] == b[0]).all() for a, b in zip(first, second, strict=True))
    assert [mood for _, _, mood in first] == list(range(6))


def test_committed_weights_are_small_and_did_well():
    _, weights = clip_checkpoint()
    assert weights.stat().st_size < 6_000_000
    assert read_json(weights.with_suffix(".metrics.json"))["accuracy"] >= 0.95
