"""Any video, any wish: valid MIDI, sound of the right length, no silence. `benchmarks.random_pieces` has more."""

from __future__ import annotations

import pytest
from benchmarks._random_piece import check_random_piece


@pytest.mark.parametrize("seed", range(6))
def test_a_random_piece_is_right(seed):
    assert check_random_piece(seed, longest=8.0) == []
