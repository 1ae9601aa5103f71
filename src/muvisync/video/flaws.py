"""Is what could be decoded enough to stand for the video?"""

from __future__ import annotations

from muvisync.errors import Permanent
from muvisync.video.timeline import Timeline

_LEAST_SHARE = 0.5
_NOTEWORTHY = 1.0  # seconds that are missing at the end


def find_flaws(timeline: Timeline, frames: int, end: float, broken: list[float]) -> list[str]:
    """What people should know of a file of which `frames` frames, up to `end` seconds, could be decoded.

    A broken picture in the middle costs a picture, as for a player; rows go up to the last one that was decoded.

    Args:
        broken: times of the packets that could not be decoded, seconds.

    Raises:
        Permanent: less than half of the picture's seconds that the header claims, or of its packets, could be decoded.
    """
    claimed = max(timeline.late + timeline.claimed, float(timeline.ends[-1]))
    if not frames or end < _LEAST_SHARE * claimed or len(broken) > _LEAST_SHARE * len(timeline.starts):
        reached = min([*broken, end]) if frames else 0.0
        raise Permanent(f"decoding broke at {reached:.1f} s of {claimed:.1f} s")
    notes = []
    if broken:
        notes.append(f"{len(broken)} of {len(timeline.starts)} packets broken, the first at {min(broken):.1f} s")
    if end < claimed - _NOTEWORTHY:
        notes.append(f"the picture ends at {end:.1f} s of {claimed:.1f} s")
    return notes
