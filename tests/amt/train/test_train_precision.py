"""Numbers of 16 bits only where they are asked for, or where the processor has them."""

from __future__ import annotations

import pytest

from amt.train.precision import choose_precision


@pytest.mark.parametrize("wanted", ["32-true", "bf16-mixed", "16-mixed"])
def test_what_is_asked_for_is_taken(wanted):
    assert choose_precision(wanted, "cpu") == wanted


@pytest.mark.parametrize(
    ("capabilities", "chosen"),
    [({"avx2": True, "avx512_bf16": False}, "32-true"), ({"avx512_bf16": True}, "bf16-mixed"), ({}, "32-true")],
)
def test_auto_takes_short_numbers_where_the_processor_has_them(monkeypatch, capabilities, chosen):
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: capabilities)
    assert choose_precision("auto", "cpu") == chosen


@pytest.mark.parametrize(("supported", "chosen"), [(True, "bf16-mixed"), (False, "32-true")])
def test_auto_asks_the_gpu_that_will_compute(monkeypatch, supported, chosen):
    monkeypatch.setattr("torch.cpu.get_capabilities", dict)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda **_: supported)
    assert choose_precision("auto", "auto") == chosen
    assert choose_precision("auto", "cpu") == "32-true"
