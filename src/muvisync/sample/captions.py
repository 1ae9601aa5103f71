"""Freshly drawn scenes with captions: what the sample's small CLIP learns from."""

from __future__ import annotations

import random
from collections.abc import Iterator

import cv2
import numpy as np

from muvisync.sample.brush import Painting
from muvisync.sample.compose import MOODS
from muvisync.sample.scenes import paint_scene

TEMPLATES = (
    "{mood}",
    "a {mood} scene",
    "{mood}, {subject}",
    "a {mood} scene with {subject}",
    "{subject}",
    "{subject}, {colours}",
    "a {mood} picture in {colours}",
    "{colours}",
)


def draw_captioned(seed: str, count: int) -> Iterator[tuple[np.ndarray, str, int]]:
    """Draw `count` scenes at random moments, as a video codec would leave them.

    Yields:
        Picture (HEIGHT, WIDTH, 3) uint8 RGB, caption, and number of the mood (as in MOODS); all moods equally often.
    """
    rng = random.Random(f"muvisync captions {seed}")
    for number in range(count):
        mood = MOODS[number % len(MOODS)]
        painting = paint_scene(mood, rng.random(), rng)
        picture = _compress(painting.paint(rng.uniform(0, 6)), rng)
        yield picture, caption(painting, mood, rng), number % len(MOODS)


def caption(painting: Painting, mood: str, rng: random.Random) -> str:
    """One of TEMPLATES, filled in."""
    colours = " and ".join(dict.fromkeys(painting.colours))
    return rng.choice(TEMPLATES).format(mood=mood, subject=painting.subject, colours=colours)


def _compress(image: np.ndarray, rng: random.Random) -> np.ndarray:
    # JPEG has the blocks and the half-size colours of H.264 at a fraction of its cost
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, rng.randint(35, 95)])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
