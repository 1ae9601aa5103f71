"""Exciting and tense scenes: vivid and fast; hard-edged, red and black, ticking."""

from __future__ import annotations

import math
import random

import numpy as np

from muvisync.sample import brush
from muvisync.sample.brush import HEIGHT, WIDTH, Painting, hsv


def sunburst(rng: random.Random, energy: float) -> Painting:
    """Rays turning round a bright star, confetti flying outward."""
    hue, x, y = rng.random(), rng.uniform(0.35, 0.65), rng.uniform(0.4, 0.6)
    count, speed = rng.randint(7, 12), rng.choice((-1, 1)) * (0.25 + 0.5 * energy)
    light, deep = hsv(hue, 0.7, 1.0), hsv(hue + 0.04, 0.9, 0.86)
    star = hsv(hue + 0.45, rng.uniform(0.6, 0.9), 1.0)
    points, size = rng.randint(5, 9), rng.uniform(0.2, 0.3)
    bits = [(rng.random(), rng.random() * 6.3, rng.uniform(0.3, 0.7), hsv(rng.random(), 0.8, 1.0)) for _ in range(40)]

    def paint(t: float) -> np.ndarray:
        image = np.full((HEIGHT, WIDTH, 3), light, np.uint8)
        for ray in range(count):
            angle = 6.283 * ray / count + speed * t
            edge = np.array([angle, angle + math.pi / count])
            brush.polygon(image, np.vstack([[(x, y)], brush.around(x, y, np.array([2.5, 2.5]), edge)]), deep)
        for start, angle, pace, colour in bits:
            far = (start + pace * (0.5 + energy) * t) % 1 * 1.3
            ((px, py),) = brush.around(x, y, np.array([far]), np.array([angle]))
            brush.disc(image, px, py, 0.008 + 0.022 * far, colour)
        pulse = size * (1 + 0.15 * math.sin((6 + 6 * energy) * t))
        angles = np.arange(2 * points) * math.pi / points - 1.5 * speed * t
        brush.polygon(image, brush.around(x, y, pulse * np.where(np.arange(2 * points) % 2, 0.5, 1.0), angles), star)
        brush.disc(image, x, y, 0.3 * pulse, (255, 255, 255))
        return image

    return Painting(paint, "a sunburst with a star and confetti", (brush.name_colour(light), brush.name_colour(star)))


def party(rng: random.Random, energy: float) -> Painting:
    """Big shiny balls that bounce over jumping bars of light."""
    hue = rng.random()
    wall = brush.gradient(hsv(hue, 0.85, rng.uniform(0.55, 1)), hsv(hue + 0.12, 0.8, 1.0))
    bars = [(rng.uniform(0.15, 0.4), rng.uniform(3, 7), rng.random() * 6.3) for _ in range(rng.randint(8, 14))]
    bar_colour = hsv(hue + 0.5, 0.75, 0.95)
    balls = [
        (rng.random(), rng.uniform(0.2, 0.45), rng.uniform(0.07, 0.13), rng.uniform(1.6, 2.6), rng.random(),
         hsv(hue + rng.uniform(0.25, 0.75), 0.8, 1.0))
        for _ in range(rng.randint(4, 7))
    ]  # fmt: skip

    def paint(t: float) -> np.ndarray:
        image = wall.copy()
        for place, (height, pace, phase) in enumerate(bars):
            top = 1 - height * (1.1 + math.sin(pace * (0.5 + energy) * t + phase)) * 0.6
            left, right = (place + 0.12) / len(bars), (place + 0.88) / len(bars)
            brush.polygon(image, np.array([(left, top), (right, top), (right, 1.1), (left, 1.1)]), bar_colour)
        for start, pace, radius, bounce, phase, colour in balls:
            x = abs((start + pace * (0.5 + energy) * t) % 2 - 1)
            y = 0.85 - 0.6 * abs(math.sin(bounce * (0.6 + energy) * t + 6.3 * phase))
            brush.disc(image, x, y, radius, colour)
            brush.disc(image, x - 0.2 * radius, y - 0.35 * radius, 0.25 * radius, (255, 255, 255))
        return image

    colours = (brush.name_colour(hsv(hue, 0.85, 1.0)), brush.name_colour(bar_colour))
    return Painting(paint, "bouncing balls over dancing bars", colours)


def stripes(rng: random.Random, energy: float) -> Painting:
    """A clock that ticks before warning stripes."""
    hue, tilt = rng.uniform(-0.03, 0.05), rng.choice((-1, 1)) * rng.uniform(0.25, 0.5)
    red, dark = hsv(hue, 0.9, rng.uniform(0.6, 0.9)), hsv(hue, 0.6, 0.12)
    wide, speed = rng.uniform(0.1, 0.2), rng.choice((-1, 1)) * (0.03 + 0.07 * energy)
    x, y, radius = rng.uniform(0.35, 0.65), rng.uniform(0.42, 0.58), rng.uniform(0.24, 0.34)
    face = hsv(hue + 0.05, 0.06, 0.95)

    def paint(t: float) -> np.ndarray:
        image = np.full((HEIGHT, WIDTH, 3), dark, np.uint8)
        shift = speed * t % (2 * wide)
        for left in np.arange(-1.0, 2.0, 2 * wide) + shift:
            corners = [(left, 0), (left + wide, 0), (left + wide + tilt, 1), (left + tilt, 1)]
            brush.polygon(image, np.array(corners), red)
        brush.disc(image, x, y, radius * 1.12, dark)
        brush.disc(image, x, y, radius, face)
        for hour in range(12):
            inner, outer = brush.around(x, y, radius * np.array([0.82, 0.94]), np.full(2, hour * math.pi / 6))
            brush.line(image, tuple(inner), tuple(outer), dark, 2)
        tick = math.floor(t * (2 + 2 * energy)) * math.pi / 6
        for angle, length, width in ((tick, 0.78, 2), (tick / 12 + 1, 0.5, 4)):
            (tip,) = brush.around(x, y, np.array([radius * length]), np.array([angle]))
            brush.line(image, (x, y), tuple(tip), red if width == 2 else dark, width)
        return image

    return Painting(paint, "a ticking clock and warning stripes", (brush.name_colour(red), "black"))


def spikes(rng: random.Random, energy: float) -> Painting:
    """Two rows of spikes that close on a trembling ball."""
    hue, bright = rng.uniform(-0.03, 0.06), rng.random() < 0.5
    glow, back = hsv(hue, 0.85, 0.95 if bright else 0.55), hsv(hue, 0.9, 0.35 if bright else 0.12)
    wall = brush.gradient(back, glow)
    teeth, ink = rng.randint(6, 11), hsv(hue, 0.5, 0.08)
    lengths = [(rng.uniform(0.26, 0.4), rng.uniform(0.26, 0.4)) for _ in range(teeth + 1)]
    x, shake = rng.uniform(0.35, 0.65), 0.006 + 0.012 * energy

    def paint(t: float) -> np.ndarray:
        image = wall.copy()
        close = 1 + 0.12 * math.sin((1 + 2 * energy) * t)
        for tooth, (above, below) in enumerate(lengths):
            left, right, middle = (tooth - 0.5) / teeth, (tooth + 0.5) / teeth, tooth / teeth
            brush.polygon(image, np.array([(left, 0), (right, 0), (middle, above * close)]), ink)
            brush.polygon(image, np.array([(left, 1), (right, 1), (middle, 1 - below * close)]), ink)
        dx, dy = shake * math.sin(47 * t), shake * math.sin(39 * t + 1)
        brush.disc(image, x + dx, 0.5 + dy, 0.055, (255, 250, 240))
        brush.disc(image, x + dx, 0.5 + dy, 0.085, (255, 250, 240), 2)
        return image

    return Painting(paint, "spikes closing on a ball", (brush.name_colour(glow), "black"))
