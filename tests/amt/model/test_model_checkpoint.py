"""Models on disk: the same answers after loading, and clear refusals."""

from __future__ import annotations

import json
import resource

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.amt.synthetic_songs import make_song

from amt.model import Amt, AmtConfig, ModelError, Rhythm, RhythmConfig, load_model, read_encoder, save_model
from amt.model.batch import songs_to_batch
from muvisync.files import file_hash

SMALL = AmtConfig(width=16, heads=2, encoder_layers=1, decoder_layers=1, feedforward=16)


@pytest.fixture
def saved(tmp_path):
    model = Amt(SMALL).eval()
    model.encoder.features.mean.fill_(0.5)
    save_model(tmp_path, model)
    return tmp_path, model


def test_a_loaded_model_answers_the_same(saved):
    folder, model = saved
    batch, again = songs_to_batch([make_song("a", 5)]), load_model(folder)
    with torch.no_grad():
        answers = [m(batch.video, batch.chords, batch.key) for m in (model, again)]
    torch.testing.assert_close(answers[0], answers[1], rtol=0, atol=0)
    assert again.config == SMALL


def test_saving_twice_gives_the_same_bytes(saved, tmp_path):
    folder, model = saved
    save_model(tmp_path / "again", model)
    for name in ("model.safetensors", "config.json"):
        assert file_hash(folder / name) == file_hash(tmp_path / "again" / name)


def test_a_model_tells_which_encoder_it_learned_from(saved, tmp_path):
    folder, model = saved
    assert read_encoder(folder) is None
    save_model(tmp_path / "with", model, "ViT-L-14-336/openai")
    assert read_encoder(tmp_path / "with") == "ViT-L-14-336/openai"
    assert load_model(tmp_path / "with").config == SMALL


def test_rhythm_model_keeps_its_units(tmp_path):
    model = Rhythm(RhythmConfig(hidden=4, layers=1))
    model.target_mean.copy_(torch.tensor([8.5, 0.15]))
    save_model(tmp_path, model)
    assert load_model(tmp_path).target_mean.tolist() == pytest.approx([8.5, 0.15])


def test_a_pickle_is_refused(saved):
    folder, model = saved
    torch.save(model.state_dict(), folder / "model.safetensors")
    _trust(folder)
    with pytest.raises(ModelError, match="pickles are refused"):
        load_model(folder)


def test_changed_weights_are_refused(saved):
    folder, _ = saved
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match="not the file that"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("decoder.after_end"), "decoder.after_end is missing"),
        (lambda t: t.update(extra=torch.ones(1)), "extra is not part of the model"),
        (lambda t: t.update({"decoder.after_end": torch.ones(3)}), r"\(3,\) instead of \(16,\)"),
        (lambda t: t["decoder.after_end"].fill_(float("nan")), "not finite"),
    ],
)
def test_weights_of_another_model_are_refused(saved, change, message):
    folder, _ = saved
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")
    _trust(folder)
    with pytest.raises(ModelError, match=message):
        load_model(folder)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 9}', '{"format": 2, "model": "x"}'])
def test_a_broken_config_is_refused(saved, text):
    folder, _ = saved
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"config\.json"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 10**6}, "width is 1000000; it can be"),
        ({"feedforward": 16384, "decoder_layers": 16384}, "far more than the weights"),
        ({"decoder_layers": 16384, "heads": 1, "width": 2}, "far more than the weights"),
        ({"heads": 3}, "does not fit"),
        ({"heads": 0}, "does not describe"),
        ({"width": -16}, "width is -16"),
        ({"width": "16"}, "width: Input should be a valid integer"),
        ({"dropout": float("nan")}, "dropout"),
        ({"norm": "none"}, "norm: Input should be 'pre' or 'post'"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_config_of_absurd_sizes_is_refused_before_anything_is_made(saved, change, message):
    folder, _ = saved
    record = json.loads((folder / "config.json").read_text())
    record["config"] |= change
    (folder / "config.json").write_text(json.dumps(record))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelError, match=message):
        load_model(folder)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000, "kB"


def test_a_truncated_file_is_refused_even_when_its_hash_is_right(saved):
    folder, _ = saved
    data = (folder / "model.safetensors").read_bytes()
    for size in (0, 7, len(data) // 2):
        (folder / "model.safetensors").write_bytes(data[:size])
        with pytest.raises(ModelError, match="half copied"):
            load_model(folder)
        _trust(folder)
        with pytest.raises(ModelError, match="not a safetensors file"):
            load_model(folder)


def test_a_pickle_of_another_name_is_not_looked_for(saved):
    folder, model = saved
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "model.pt")
    with pytest.raises(ModelError, match="has no model"):
        load_model(folder)


def test_no_hash_is_no_model(saved):
    folder, _ = saved
    record = json.loads((folder / "config.json").read_text())
    del record["sha256"]
    (folder / "config.json").write_text(json.dumps(record))
    with pytest.raises(ModelError, match="sha256"):
        load_model(folder)


def test_a_missing_model_names_the_next_step(tmp_path):
    with pytest.raises(ModelError, match="muvisync run"):
        load_model(tmp_path)


def _trust(folder):
    record = json.loads((folder / "config.json").read_text())
    record["sha256"] = file_hash(folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(record))
