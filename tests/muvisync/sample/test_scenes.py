import random
from itertools import islice, pairwise

import numpy as np
import pytest

from muvisync.sample.brush import HEIGHT, WIDTH, name_colour
from muvisync.sample.compose import MOODS, compose
from muvisync.sample.film import frame_difference
from muvisync.sample.scenes import PAINTERS, composition_to_frames, content_change, paint_scene


@pytest.mark.parametrize("mood", MOODS)
def test_scenes_are_drawn_and_move_without_jumps(mood):
    for paint in PAINTERS[mood]:
        for seed in range(3):
            painting = paint(random.Random(seed), 1.0)
            frames = [painting.paint(frame / 24) for frame in range(12)]
            assert frames[0].shape == (HEIGHT, WIDTH, 3) and frames[0].dtype == np.uint8
            assert frame_difference(frames[0], frames[-1]) > 0
            assert max(content_change(*pair) for pair in pairwise(frames)) < 10


def test_moods_move_at_their_own_speed():
    def speed(mood):
        painting = [paint_scene(mood, 0.8, random.Random(seed)) for seed in range(6)]
        return np.mean([frame_difference(scene.paint(1.0), scene.paint(1.0 + 1 / 24)) for scene in painting])

    assert speed("exciting") > 2 * speed("tense") > 2 * speed("sad")


def test_same_index_same_frames():
    first, second = (list(islice(composition_to_frames(compose(20)), 3)) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("colour", "name"), [((250, 10, 10), "red"), ((10, 10, 10), "black"), ((130, 130, 130), "grey")]
)
def test_colours_have_names(colour, name):
    assert name_colour(colour) == name
