"""A video's picture and new sound -> one MP4."""

from __future__ import annotations

from pathlib import Path

from muvisync.container import MediaInfo
from muvisync.ffmpeg import media_input, run_ffmpeg
from muvisync.files import temporary

COPIED = {"h264": [], "hevc": ["-tag:v", "hvc1"], "av1": [], "mpeg4": [], "vp9": []}
"""Picture codecs that MP4 holds as they are, with the options that make players know them."""
# a fixed number of threads: x264's output depends on it
_ENCODE = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-threads", "2"]
_EVEN = ["-vf", "scale=trunc(iw/2)*2+2*lt(iw\\,2):trunc(ih/2)*2+2*lt(ih\\,2)"]  # 4:2:0 needs even sides
_REPRODUCIBLE = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]


def mux(media: Path, info: MediaInfo, wav: Path, out: Path) -> bool:
    """Write `out`: the picture of `media`, untouched where MP4 can hold it, with the sound of `wav` alone.

    Returns:
        Whether the picture is a copy (else it is re-encoded with H.264).

    Raises:
        Permanent: ffmpeg can't read the picture.
    """
    copied = info.codec in COPIED
    picture = ["-c:v", "copy", *COPIED[info.codec]] if copied else [*_ENCODE, *_EVEN, "-flags:v", "+bitexact"]
    inputs = [*media_input(media), *media_input(wav)]
    streams = ["-map", "0:V:0", "-map", "1:a:0"]  # V: not a cover picture
    sound = ["-c:a", "aac", "-b:a", "192k"]
    with temporary(out) as draft:
        run_ffmpeg([*inputs, *streams, *picture, *sound, *_REPRODUCIBLE, "-movflags", "+faststart", str(draft)])
    return copied


def video_to_poster(media: Path, second: float, out: Path) -> None:
    """Write the frame at `second` (or the first one) as a small JPEG, shown before the video plays."""
    shape = ["-frames:v", "1", "-vf", "scale=min(640\\,iw):-2", "-q:v", "4", "-map_metadata", "-1"]
    with temporary(out) as draft:
        run_ffmpeg(
            ["-ss", f"{second:.3f}", *media_input(media), "-map", "0:V:0", *shape, "-fflags", "+bitexact", str(draft)]
        )
