"""The picture of a whole piece: what the video does and what the music makes of it, one above the other over time."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from amt.generate.picture.curves import draw_curves, draw_mood, draw_motion
from amt.generate.picture.harmony import draw_chords, draw_sections
from amt.generate.picture.style import STYLE
from muvisync.svg import Plane, line, picture, tag, text, ticks

WIDTH = 1200
_LEFT, _RIGHT = 12, 1188
_HEAD = 42  # room for a lane's name; on a phone its letters take all of it
_FOOT = 40
_MANY = 60  # cuts; from here on their lines are thin
_LANES = {
    "motion": (80, lambda timeline, plane: draw_motion(timeline["per_second"]["motion"], plane)),
    "emotion": (104, lambda timeline, plane: draw_mood(timeline["per_second"]["emotion"], plane)),
    "chords": (50, lambda timeline, plane: draw_chords(timeline["chords"], plane)),
    "density": (80, lambda timeline, plane: draw_curves("Notes a second", timeline["per_second"]["density"], plane)),
    "loudness": (80, lambda timeline, plane: draw_curves("Loudness", timeline["per_second"]["loudness"], plane)),
    "sections": (64, lambda timeline, plane: draw_sections(timeline, plane)),
}
"""From top to bottom: height, and what draws it on a plane."""


def timeline_to_picture(timeline: dict) -> str:
    """Draw a piece as SVG without outside resources, 1200 wide; on a phone's screen its letters grow.

    Motion, mood, chords, note density and loudness (predicted and realised), sections and bars; cuts go through all of
    it, dashed where the music passes over them. What was not measured (`per_second` lacks it) has no lane.

    Args:
        timeline: the JSON that lies beside a generated MP4.

    Returns:
        An <svg> element; its data-left, data-right and data-duration say where 0 s and the end lie, and its line of
        the class playhead waits there for who plays the music.
    """
    duration = max(float(timeline["duration"]), 0.001)
    planes = dict(_place(timeline, duration))
    bottom = max((plane.bottom for plane in planes.values()), default=_HEAD)
    whole = Plane(_LEFT, _HEAD, _RIGHT, bottom, (0, duration), (0, 1))
    body = [tag("style", Markup(STYLE))]
    body += [_LANES[name][1](timeline, plane) for name, plane in planes.items()]
    body += [_draw_cuts(timeline["cuts"], plane) for plane in planes.values()]
    body += [_count_cuts(timeline["cuts"]), _draw_seconds(whole)]
    body.append(line(_LEFT, _HEAD, _LEFT, bottom, "playhead"))
    place = {"data_left": _LEFT, "data_right": _RIGHT, "data_duration": duration}
    return str(picture(WIDTH, bottom + _FOOT, _describe(timeline), *body, class_="whole", **place))


def _place(timeline: dict, duration: float) -> Iterator[tuple[str, Plane]]:
    """The lanes that this piece has, each below the one before."""
    top = 0.0
    for name, (height, _) in _LANES.items():
        if timeline.get(name) or timeline["per_second"].get(name):
            yield name, Plane(_LEFT, top + _HEAD, _RIGHT, top + _HEAD + height, (0, duration), (0, 1))
            top += _HEAD + height


def _draw_cuts(cuts: list[dict], plane: Plane) -> Markup:
    drawn = Markup("").join(_draw_cut(cut, plane) for cut in cuts)
    return tag("g", drawn, class_="many" if len(cuts) > _MANY else None)


def _draw_cut(cut: dict, plane: Plane) -> Markup:
    x = plane.px(min(max(cut["time"], 0), plane.x[1]))
    return line(x, plane.top, x, plane.bottom, "cut" if cut["beat"] is not None else "cut passed")


def _count_cuts(cuts: list[dict]) -> Markup:
    met = sum(cut["beat"] is not None for cut in cuts)
    words = f"{met} of {len(cuts)} cuts on a beat" + (" (dashed: passed over)" if met < len(cuts) else "")
    return text(_RIGHT, _HEAD - 14, words if cuts else "no cuts", "end", "key")


def _draw_seconds(whole: Plane) -> Markup:
    marks = []
    for at in ticks(0, whole.x[1], 10):
        anchor = "start" if at == 0 else "end" if whole.px(at) > _RIGHT - 30 else "middle"
        marks.append(text(whole.px(at), whole.bottom + 28, _clock(at), anchor, "tick"))
    # every other one: on a phone there is no room for all
    return Markup("").join(tag("g", mark, class_="wide" if place % 2 else None) for place, mark in enumerate(marks))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}" if rest % 1 else f"{int(minutes)}:{int(rest):02}"


def _describe(timeline: dict) -> str:
    chords = len(timeline["chords"])
    return (
        f"The whole piece: {float(timeline['duration']):.0f} s in {timeline['key']}, {chords} chords, "
        f"{len(timeline['cuts'])} cuts; mood, note density and loudness over time"
    )
