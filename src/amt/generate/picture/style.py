"""How the picture of a whole piece looks: it carries its style, for it is also shown alone."""

from __future__ import annotations

EMOTION_COLOURS = {
    "exciting": "#e2a03f",
    "fearful": "#7c6a9c",
    "tense": "#c0604f",
    "sad": "#5f83ad",
    "relaxing": "#7fae8c",
    "neutral": "#c9ccc6",
}
"""Six muted colours; neighbours in the stack differ in hue and in lightness."""

STYLE = """
.whole { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  display: block; width: 100%; height: auto; }
.whole text { font-size: 14px; fill: #22282b; }
.whole .name { font-weight: 650; } .whole .tick, .whole .key { fill: #5d676c; }
.whole .chord { font-weight: 600; } .whole .mood { font-size: 13px; }
.whole .bar { font-size: 12px; fill: #5d676c; } .whole .narrow { display: none; }
.whole .ground { fill: #f3f4f1; } .whole .motion { fill: #8b9a9f; fill-opacity: .55; }
.whole .beat { stroke: #c5cac6; } .whole .first-beat { stroke: #5d676c; stroke-width: 1.4; }
.whole .cut { stroke: #22282b; stroke-opacity: .55; stroke-width: 1.2; } .whole .many .cut { stroke-width: .6; }
.whole .cut.passed { stroke-dasharray: 3 5; stroke-opacity: .38; }
.whole .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; } .whole .realised { stroke: #0f6f6a; }
.whole .predicted { stroke: #8b9a9f; stroke-dasharray: 7 4; }
.whole .section { fill: #dfe5e1; } .whole .section.odd { fill: #edf0ec; }
.whole .playhead { stroke: #0f6f6a; stroke-width: 3; visibility: hidden; }
"""
_NARROW = """
  .whole text { font-size: %spx; } .whole .chord, .whole .mood { font-size: %spx; } .whole .bar { font-size: %spx; }
  .whole .line { stroke-width: 4; } .whole .cut { stroke-width: 2; } .whole .many .cut { stroke-width: 1; }
  .whole .wide { display: none; } .whole .narrow { display: inline; }
"""
# 1200 units on a phone are 390 pixels; on a page that makes the picture's place a container, that place decides
STYLE += f"@container (max-width: 860px) {{ {_NARROW % (20, 18, 16)} }}\n"
STYLE += "".join(f"@{kind} (max-width: 640px) {{ {_NARROW % (28, 26, 26)} }}\n" for kind in ("container", "media"))
