"""Drawing on RGB uint8 arrays: colours, and shapes at sub-pixel positions; coordinates are fractions of the picture."""

from __future__ import annotations

import colorsys
import random
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

WIDTH, HEIGHT = 384, 216
_SHIFT = 5  # cv2's fixed-point bits: shapes move smoothly, not in whole pixels

Colour = tuple[int, int, int]
Points = np.ndarray  # (n, 2) of x and y, 0-1 across the picture


@dataclass(frozen=True)
class Painting:
    """A scene: `paint(seconds)` draws a frame (HEIGHT, WIDTH, 3) uint8 RGB; `subject` and `colours` describe it."""

    paint: Callable[[float], np.ndarray]
    subject: str
    colours: tuple[str, ...]


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """RGB 0-255 of hue (turns), saturation and value (0-1)."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return round(255 * red), round(255 * green), round(255 * blue)


def name_colour(colour: Colour) -> str:
    """A plain English word for an RGB colour."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    if value < 0.22:
        return "black"
    if saturation < 0.16:
        return "white" if value > 0.85 else "grey"
    names = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "red")
    edges = (0.03, 0.11, 0.18, 0.43, 0.53, 0.70, 0.80, 0.94, 1.01)
    return next(name for name, edge in zip(names, edges, strict=True) if hue < edge)


def gradient(top: Colour, bottom: Colour) -> np.ndarray:
    """A picture that goes from `top` to `bottom`."""
    ramp = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    column = np.asarray(top, np.float32) * (1 - ramp) + np.asarray(bottom, np.float32) * ramp
    return np.repeat(column[:, None].round().astype(np.uint8), WIDTH, axis=1)


def polygon(image: np.ndarray, points: Points, colour: Colour) -> None:
    """Fill a polygon, in place."""
    cv2.fillPoly(image, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)


def line(
    image: np.ndarray, start: tuple[float, float], end: tuple[float, float], colour: Colour, width: int = 1
) -> None:
    """Draw a line `width` pixels wide, in place."""
    first, second = _fixed(np.array([start, end])).tolist()
    cv2.line(image, first, second, colour, width, cv2.LINE_AA, _SHIFT)


def disc(image: np.ndarray, x: float, y: float, radius: float, colour: Colour, width: int = -1) -> None:
    """Draw a disc (or a ring `width` pixels wide) whose radius is a fraction of the height, in place."""
    ellipse(image, x, y, radius, radius, colour, width)


def ellipse(image: np.ndarray, x: float, y: float, wide: float, high: float, colour: Colour, width: int = -1) -> None:
    """Draw an ellipse whose half axes are fractions of the height, in place."""
    scale = HEIGHT * (1 << _SHIFT)
    (centre,) = _fixed(np.array([(x, y)])).tolist()
    axes = (max(round(wide * scale), 1), max(round(high * scale), 1))
    cv2.ellipse(image, centre, axes, 0, 0, 360, colour, width, cv2.LINE_AA, _SHIFT)


def shade(image: np.ndarray, layer: np.ndarray, opacity: float) -> np.ndarray:
    """`layer` laid over `image` with `opacity` 0-1."""
    return cv2.addWeighted(layer, opacity, image, 1 - opacity, 0)


def around(x: float, y: float, radii: np.ndarray, angles: np.ndarray) -> Points:
    """Points at `angles` (radians) and `radii` (fractions of the height) around a centre."""
    return np.stack([x + np.cos(angles) * radii * HEIGHT / WIDTH, y + np.sin(angles) * radii], axis=1)


def ridge(xs: np.ndarray, ys: np.ndarray) -> Points:
    """The area below a line, down to the picture's lower edge."""
    return np.concatenate([np.stack([xs, ys], axis=1), [(xs[-1], 1.1), (xs[0], 1.1)]])


def waves(rng: random.Random, count: int, longest: float) -> Callable[[np.ndarray], np.ndarray]:
    """A random smooth function of x with values within about -1 to 1."""
    parts = [(rng.uniform(1, 3) * (k + 1) / longest, rng.uniform(0, 6.3), 1 / (k + 1.5)) for k in range(count)]
    return lambda x: sum(height * np.sin(6.283 * pace * x + phase) for pace, phase, height in parts)


def _fixed(points: Points) -> np.ndarray:
    return np.round(points * (WIDTH, HEIGHT) * (1 << _SHIFT)).astype(np.int32)
