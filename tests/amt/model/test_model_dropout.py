"""Dropout on the CPU: its rate, its scale, its seed."""

from __future__ import annotations

import pytest
import torch

from amt.model.attention import Attention
from amt.model.dropout import Dropout, dropout


@pytest.mark.parametrize("shape", [(1,), (7, 11), (50, 40, 30)])
def test_dropped_values_are_zero_and_the_others_scaled(shape):
    torch.manual_seed(0)
    x = torch.rand(shape) + 1
    kept = dropout(x, 0.25)
    assert kept.shape == x.shape
    assert ((kept == 0) | torch.isclose(kept, x / 0.75)).all()


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_it_drops_the_asked_share_and_each_value_alone(share):
    torch.manual_seed(0)
    dropped = (dropout(torch.ones(1000, 1000), share) == 0).float()
    assert float(dropped.mean()) == pytest.approx(share, abs=0.002)
    for distance in (1, 2, 3, 4):  # four values come out of a draw: none of them tells of another
        both = dropped[:, distance:] * dropped[:, :-distance]
        assert float(both.mean()) == pytest.approx(share**2, abs=0.002)


def test_gradients_pass_where_values_did():
    x = torch.ones(1000, requires_grad=True)
    kept = dropout(x, 0.3)
    kept.sum().backward()
    torch.testing.assert_close(x.grad, kept.detach())


def test_the_seed_decides_and_evaluation_drops_nothing():
    layer, x = Dropout(0.5), torch.ones(100)
    drawn = []
    for _ in range(2):
        torch.manual_seed(3)
        drawn.append(layer(x))
    assert torch.equal(*drawn)
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.parametrize("relative", [None, 5])
def test_attention_in_training_is_the_fused_kernel_s_but_for_dropout(relative):
    torch.manual_seed(0)
    attention, x = Attention(16, 2, 1e-9, relative), torch.randn(2, 7, 16)
    mask = None if relative else torch.arange(7).expand(2, 7) < torch.tensor([[7], [4]])
    trained = attention(x, attention.project(x), mask)
    fused = attention.eval()(x, attention.project(x), mask)
    torch.testing.assert_close(trained, fused, atol=1e-5, rtol=1e-5)
