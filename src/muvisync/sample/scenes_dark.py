"""Fearful and sad scenes: nearly black with eyes and doors; grey-blue with slow rain and snow."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np

from muvisync.sample import brush
from muvisync.sample.brush import HEIGHT, WIDTH, Colour, Painting, hsv


def forest(rng: random.Random, energy: float) -> Painting:
    """Bare trees by night, eyes that blink, drifting fog."""
    hue = rng.choice((rng.uniform(0.30, 0.42), rng.uniform(0.58, 0.85)))
    sky = brush.gradient(hsv(hue, 0.75, rng.uniform(0.08, 0.14)), hsv(hue, 0.7, rng.uniform(0.2, 0.38)))
    brush.disc(sky, rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.3), rng.uniform(0.06, 0.12), hsv(hue, 0.25, 0.62))
    trees = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(rng.randint(4, 7)):
        _grow(trees, rng, (rng.random(), 1.05), -math.pi / 2 + rng.uniform(-0.1, 0.1), rng.uniform(0.28, 0.4), 9)
    eyes = [(rng.random(), rng.uniform(0.5, 0.85), rng.uniform(0.012, 0.022), rng.random() * 6) for _ in range(6)]
    glow, ink = hsv(rng.choice((0.0, 0.05, 0.13)), 0.9, 0.9), hsv(hue, 0.7, 0.05)
    fog, drift = brush.waves(rng, 4, 1.0), rng.choice((-1, 1)) * (0.03 + 0.12 * energy)
    xs = np.linspace(-0.05, 1.05, 48)

    def paint(t: float) -> np.ndarray:
        mist = sky.copy()
        brush.polygon(mist, brush.ridge(xs, 0.72 + 0.08 * fog(xs + drift * t)), hsv(hue, 0.45, 0.4))
        image = brush.shade(sky, mist, 0.35 + 0.1 * math.sin(1.3 * t))
        sway = np.float32([[1, 0.012 * math.sin(1.1 * t), 0], [0, 1, 0]])
        image[cv2.warpAffine(trees, sway, (WIDTH, HEIGHT)) > 127] = ink
        for x, y, size, phase in eyes:
            if math.sin(0.9 * t + phase) > -0.6:
                for side in (-1.1, 1.1):
                    brush.ellipse(image, x + side * size, y, size, 0.6 * size, glow)
                    brush.disc(image, x + side * size, y, 0.3 * size, ink)
        return image

    return Painting(paint, "a dark forest with glowing eyes", ("black", brush.name_colour(hsv(hue, 0.7, 0.5))))


def _grow(
    mask: np.ndarray, rng: random.Random, foot: tuple[float, float], angle: float, length: float, width: int
) -> None:
    """Draw a bare tree, branch by branch."""
    top = (foot[0] + length * math.cos(angle) * HEIGHT / WIDTH, foot[1] + length * math.sin(angle))
    brush.line(mask, foot, top, (255, 255, 255), width)
    if width > 1:
        for side in (-1, 1):
            _grow(mask, rng, top, angle + side * rng.uniform(0.25, 0.7), length * rng.uniform(0.6, 0.8), width * 2 // 3)


def corridor(rng: random.Random, energy: float) -> Painting:
    """A long dark corridor, a flickering door and someone in it."""
    hue, x, y = rng.choice((0.33, 0.6, 0.68, 0.78)) + rng.uniform(-0.03, 0.03), rng.uniform(0.4, 0.6), 0.52
    door = hsv(rng.choice((hue, 0.02, 0.15)), 0.55, 0.75)
    pace, walls = 0.06 + 0.12 * energy, 9

    def paint(t: float) -> np.ndarray:
        image = np.full((HEIGHT, WIDTH, 3), hsv(hue, 0.8, 0.3), np.uint8)
        for wall in range(walls):
            depth = (wall + pace * t * 2 % 1) / walls
            size = 1.25 * (1 - depth) ** 1.8
            tone = hsv(hue, 0.8, (0.05 if (wall - int(pace * t * 2)) % 2 else 0.10) + 0.16 * (1 - depth))
            brush.polygon(image, _frame(x, y, size), tone)
        flicker = 0.85 + 0.15 * math.sin(9 * t) * math.sin(5.3 * t)
        brush.polygon(image, _frame(x, y, 0.17), tuple(round(channel * flicker) for channel in door))
        height = 0.10 + 0.012 * t
        brush.ellipse(image, x, y + 0.17 - height * 0.7, 0.28 * height, 0.7 * height, (6, 4, 10))
        brush.disc(image, x, y + 0.17 - height * 1.5, 0.22 * height, (6, 4, 10))
        return image

    return Painting(paint, "a dark corridor with a figure in a door", ("black", brush.name_colour(hsv(hue, 0.8, 0.5))))


def _frame(x: float, y: float, size: float) -> np.ndarray:
    return np.array(
        [(x - 0.6 * size, y - size), (x + 0.6 * size, y - size), (x + 0.6 * size, y + size), (x - 0.6 * size, y + size)]
    )


def rain(rng: random.Random, energy: float) -> Painting:
    """Rain over a street lamp and somebody alone under an umbrella."""
    hue, value = rng.uniform(0.55, 0.64), rng.choice((rng.uniform(0.28, 0.4), rng.uniform(0.55, 0.72)))
    saturation = rng.uniform(0.22, 0.42)
    back = brush.gradient(hsv(hue, saturation, value), hsv(hue, saturation * 0.8, value * 0.72))
    ink = hsv(hue, 0.35, value * 0.3)
    for place in range(rng.randint(4, 8)):
        left, top = rng.random(), rng.uniform(0.35, 0.65)
        house = np.array([(left, top), (left + 0.16, top), (left + 0.16, 0.84), (left, 0.84)])
        brush.polygon(back, house, hsv(hue, saturation, value * (0.62 + 0.03 * place)))
    brush.polygon(back, np.array([(0, 0.84), (1, 0.84), (1, 1), (0, 1)]), hsv(hue, saturation, value * 0.5))
    start, walk = rng.uniform(0.3, 0.6), rng.choice((-1, 1)) * (0.004 + 0.015 * energy)
    cloth = hsv(rng.choice((hue, 0.0, 0.75)), 0.35, value * 0.75)
    drops = [(rng.random(), rng.random(), rng.uniform(0.35, 0.6)) for _ in range(45)]
    pale = hsv(hue, 0.15, min(1.0, value + 0.22))

    def paint(t: float) -> np.ndarray:
        image = back.copy()
        x = start + walk * t
        _person(image, x, 0.9, ink)
        angles = np.linspace(math.pi, 2 * math.pi, 20)
        brush.polygon(image, brush.around(x, 0.62, np.full(20, 0.15), angles), cloth)
        brush.line(image, (x, 0.6), (x, 0.76), ink, 1)
        for left, phase, pace in drops:
            y = (phase + pace * (0.6 + 0.6 * energy) * t) % 1.1
            brush.line(image, (left - 0.01 * y, y - 0.045), (left - 0.01 * y - 0.004, y), pale, 1)
        return image

    return Painting(paint, "a lonely person in the rain", (brush.name_colour(hsv(hue, 0.4, value)), "grey"))


def _person(image: np.ndarray, x: float, foot: float, ink: Colour) -> None:
    brush.ellipse(image, x, foot - 0.1, 0.035, 0.1, ink)
    brush.disc(image, x, foot - 0.225, 0.03, ink)


def snow(rng: random.Random, energy: float) -> Painting:
    """A bare tree and an empty bench while snow falls slowly."""
    hue, value, saturation = rng.uniform(0.56, 0.66), rng.uniform(0.45, 0.8), rng.uniform(0.12, 0.26)
    back = brush.gradient(hsv(hue, saturation, value), hsv(hue, saturation * 0.6, min(1.0, value * 1.1)))
    brush.ellipse(back, 0.5, 1.15, 1.5, 0.4, hsv(hue, saturation * 0.4, min(1.0, value * 1.2)))
    ink, tree = hsv(hue, 0.3, value * 0.4), np.zeros((HEIGHT, WIDTH), np.uint8)
    side = rng.choice((0.25, 0.75)) + rng.uniform(-0.08, 0.08)
    _grow(tree, rng, (side, 0.88), -math.pi / 2, rng.uniform(0.2, 0.27), 6)
    back[tree > 127] = ink
    bench = 1 - side
    for y in (0.72, 0.79):
        brush.line(back, (bench - 0.09, y), (bench + 0.09, y), ink, 3)
    for leg in (-0.07, 0.07):
        brush.line(back, (bench + leg, 0.70), (bench + leg, 0.87), ink, 2)
    flakes = [(rng.random(), rng.random(), rng.uniform(0.05, 0.11), rng.uniform(0.006, 0.014)) for _ in range(50)]
    white = hsv(hue, 0.05, min(1.0, value + 0.3))

    def paint(t: float) -> np.ndarray:
        image = back.copy()
        for x, phase, pace, size in flakes:
            y = (phase + pace * (0.5 + energy) * t) % 1.05
            brush.disc(image, x + 0.01 * math.sin(t + 20 * phase), y, size, white)
        return image

    return Painting(
        paint, "an empty bench and a bare tree in the snow", (brush.name_colour(hsv(hue, 0.3, value)), "grey")
    )
