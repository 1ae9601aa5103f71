"""Relaxing and neutral scenes: sunsets, sea and hills in soft colours; plain rooms with plain things."""

from __future__ import annotations

import math
import random

import numpy as np

from muvisync.sample import brush
from muvisync.sample.brush import Colour, Painting, hsv


def sea(rng: random.Random, energy: float) -> Painting:
    """The sun over a calm sea, a boat on slow waves."""
    hue = rng.choice((rng.uniform(0.02, 0.12), rng.uniform(0.48, 0.55), rng.uniform(0.86, 0.96)))
    sky = brush.gradient(hsv(hue, rng.uniform(0.3, 0.5), 0.95), hsv(hue + 0.05, 0.25, 1.0))
    sun_x, sun_y, sun = rng.uniform(0.25, 0.75), rng.uniform(0.25, 0.45), hsv(rng.uniform(0.1, 0.15), 0.3, 1.0)
    brush.disc(sky, sun_x, sun_y, rng.uniform(0.1, 0.16), sun)
    deep = rng.uniform(0.48, 0.58)
    layers = [
        (0.58 + 0.1 * k, brush.waves(rng, 3, 0.8), hsv(deep + 0.01 * k, 0.35 + 0.07 * k, 0.85 - 0.08 * k))
        for k in range(4)
    ]
    start, drift = rng.uniform(0.2, 0.7), rng.choice((-1, 1)) * (0.01 + 0.04 * energy)
    sail, xs = hsv(rng.random(), 0.25, 1.0), np.linspace(-0.05, 1.05, 64)

    def paint(t: float) -> np.ndarray:
        image = sky.copy()
        for place, (level, wave, colour) in enumerate(layers):
            move = (0.03 + 0.08 * energy) * (1 + 0.5 * place) * t
            if place == 1:
                _boat(image, start + drift * t, level + 0.012 * math.sin(0.9 * t), sail)
            brush.polygon(image, brush.ridge(xs, level + 0.014 * wave(xs + move)), colour)
        return image

    return Painting(
        paint,
        "a boat on a calm sea under the sun",
        (brush.name_colour(hsv(hue, 0.45, 0.95)), brush.name_colour(hsv(deep, 0.5, 0.8))),
    )


def _boat(image: np.ndarray, x: float, y: float, sail: Colour) -> None:
    brush.polygon(
        image,
        np.array([(x - 0.06, y - 0.04), (x + 0.06, y - 0.04), (x + 0.035, y + 0.03), (x - 0.035, y + 0.03)]),
        (150, 110, 90),
    )
    brush.polygon(image, np.array([(x + 0.004, y - 0.3), (x + 0.055, y - 0.06), (x + 0.004, y - 0.06)]), sail)
    brush.polygon(
        image, np.array([(x - 0.006, y - 0.26), (x - 0.006, y - 0.06), (x - 0.04, y - 0.06)]), (255, 255, 250)
    )


def hills(rng: random.Random, energy: float) -> Painting:
    """Soft green hills, slow clouds."""
    hue, green = rng.choice((0.12, 0.5, 0.56)) + rng.uniform(-0.03, 0.03), rng.uniform(0.22, 0.42)
    sky = brush.gradient(hsv(hue, rng.uniform(0.25, 0.45), 0.97), hsv(hue, 0.1, 1.0))
    bright = rng.uniform(0.65, 0.9)
    layers = [
        (0.5 + 0.13 * k, brush.waves(rng, 3, 1.5), hsv(green - 0.02 * k, 0.35 + 0.07 * k, bright - 0.07 * k))
        for k in range(4)
    ]
    clouds = [
        (rng.uniform(-0.1, 1.1), rng.uniform(0.08, 0.35), rng.uniform(0.05, 0.1), rng.uniform(0.5, 1))
        for _ in range(rng.randint(2, 5))
    ]
    xs, drift = np.linspace(-0.05, 1.05, 64), rng.choice((-1, 1)) * (0.015 + 0.05 * energy)

    def paint(t: float) -> np.ndarray:
        image = sky.copy()
        for x, y, size, pace in clouds:
            left = (x + drift * pace * t + 0.2) % 1.4 - 0.2
            for part, shape in ((-1.1, 0.7), (0, 1), (1.2, 0.65)):
                brush.ellipse(
                    image, left + 0.8 * part * size, y, 1.4 * size * shape, 0.75 * size * shape, (255, 255, 252)
                )
        for place, (level, wave, colour) in enumerate(layers):
            brush.polygon(image, brush.ridge(xs, level + 0.05 * wave(xs + 0.4 * drift * place * t)), colour)
        return image

    return Painting(
        paint,
        "soft hills and slow clouds",
        (brush.name_colour(hsv(green, 0.5, 0.8)), brush.name_colour(hsv(hue, 0.35, 0.97))),
    )


def room(rng: random.Random, energy: float) -> Painting:
    """A plain room where boxes and balls slide by."""
    hue, value = rng.random(), rng.choice((rng.uniform(0.45, 0.6), rng.uniform(0.75, 0.95)))
    wall = brush.gradient(hsv(hue, 0.08, value), hsv(hue, 0.1, value * 0.92))
    brush.polygon(wall, np.array([(0, 0.7), (1, 0.7), (1, 1), (0, 1)]), hsv(hue + 0.05, 0.12, value * 0.75))
    things = [
        (place / 4 + rng.uniform(-0.05, 0.05), rng.choice(("box", "ball", "cone")), rng.uniform(0.1, 0.17),
         hsv(rng.random(), rng.uniform(0.1, 0.3), rng.uniform(0.4, 0.85)))
        for place in range(4)
    ]  # fmt: skip
    speed = rng.choice((-1, 1)) * (0.02 + 0.06 * energy)

    def paint(t: float) -> np.ndarray:
        image = wall.copy()
        for start, kind, size, colour in things:
            _thing(image, kind, (start + speed * t + 0.2) % 1.4 - 0.2, 0.84, size, colour)
        return image

    return Painting(paint, "plain objects in a plain room", (brush.name_colour(hsv(hue, 0.08, value)), "grey"))


def _thing(image: np.ndarray, kind: str, x: float, floor: float, size: float, colour: Colour) -> None:
    brush.ellipse(image, x, floor, 1.1 * size, 0.18 * size, (90, 90, 90))
    wide = size * brush.HEIGHT / brush.WIDTH
    if kind == "ball":
        brush.disc(image, x, floor - size, size, colour)
    elif kind == "cone":
        brush.polygon(image, np.array([(x, floor - 2.2 * size), (x + wide, floor), (x - wide, floor)]), colour)
    else:
        top = floor - 1.8 * size
        brush.polygon(image, np.array([(x - wide, top), (x + wide, top), (x + wide, floor), (x - wide, floor)]), colour)


def pendulum(rng: random.Random, energy: float) -> Painting:
    """A pendulum before a wall of plain tiles."""
    hue, value = rng.random(), rng.choice((rng.uniform(0.4, 0.55), rng.uniform(0.7, 0.92)))
    base, tile = hsv(hue, 0.07, value), hsv(hue, 0.1, value * 0.88)
    columns, length = rng.randint(5, 9), rng.uniform(0.5, 0.65)
    wall = brush.gradient(base, base)
    for column in range(columns):
        for row in range(5):
            if (column + row) % 2:
                left, top, width = column / columns, row / 5, 1 / columns
                brush.polygon(
                    wall,
                    np.array([(left, top), (left + width, top), (left + width, top + 0.2), (left, top + 0.2)]),
                    tile,
                )
    bob, dark = hsv(rng.random(), rng.uniform(0.15, 0.3), rng.uniform(0.45, 0.8)), hsv(hue, 0.1, value * 0.4)
    pace, x, radius = 1.0 + 1.2 * energy, rng.uniform(0.4, 0.6), rng.uniform(0.09, 0.14)

    def paint(t: float) -> np.ndarray:
        image = wall.copy()
        angle = math.pi / 2 + 0.5 * math.sin(pace * t)
        (end,) = brush.around(x, 0.05, np.array([length]), np.array([angle]))
        brush.line(image, (x, 0.05), tuple(end), dark, 2)
        brush.disc(image, end[0], end[1], radius, bob)
        brush.disc(image, x, 0.05, 0.02, dark)
        return image

    return Painting(paint, "a pendulum before plain tiles", (brush.name_colour(base), "grey"))
