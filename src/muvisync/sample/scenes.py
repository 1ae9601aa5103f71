"""Scenes of the six moods, and films made of them with cuts that can be seen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from muvisync.sample.brush import Painting
from muvisync.sample.compose import FPS, Composition, Scene
from muvisync.sample.scenes_calm import hills, pendulum, room, sea
from muvisync.sample.scenes_dark import corridor, forest, rain, snow
from muvisync.sample.scenes_lively import party, spikes, stripes, sunburst

PAINTERS: dict[str, tuple[Callable[[random.Random, float], Painting], ...]] = {
    "exciting": (sunburst, party),
    "fearful": (forest, corridor),
    "tense": (stripes, spikes),
    "sad": (rain, snow),
    "relaxing": (sea, hills),
    "neutral": (room, pendulum),
}
_CLEAR_CUT = 32.0  # twice what PySceneDetect's AdaptiveDetector asks for
_TRIES = 24


def paint_scene(mood: str, energy: float, rng: random.Random) -> Painting:
    """A freshly drawn scene of `mood`; `energy` (0-1) is how fast things move."""
    return rng.choice(PAINTERS[mood])(rng, energy)


def composition_to_frames(composition: Composition) -> Iterator[np.ndarray]:
    """All frames of a clip, (HEIGHT, WIDTH, 3) uint8 RGB."""
    rng = random.Random(f"muvisync film {composition.index}")
    last = None
    for scene in composition.scenes:
        painting = _visible_cut(scene, last, rng)
        for frame in range(scene.end - scene.start):
            last = painting.paint(frame / FPS)
            yield last


def content_change(before: np.ndarray, after: np.ndarray) -> float:
    """Mean absolute difference in hue (0-179), saturation and value (0-255): PySceneDetect's content value."""
    first, second = (cv2.cvtColor(image, cv2.COLOR_RGB2HSV) for image in (before, after))
    return float(np.mean(cv2.absdiff(first, second)))


def _visible_cut(scene: Scene, last: np.ndarray | None, rng: random.Random) -> Painting:
    """The first of some paintings that clearly differs from the scene before, or else the one that differs most."""
    best, widest = None, -1.0
    for _ in range(_TRIES):
        painting = paint_scene(scene.mood, scene.energy, rng)
        change = _CLEAR_CUT if last is None else content_change(last, painting.paint(0.0))
        if change >= _CLEAR_CUT:
            return painting
        if change > widest:
            best, widest = painting, change
    return best
