"""The catalogue of the fault run: small clips made by ffmpeg, and files that are no videos."""

from __future__ import annotations

from pathlib import Path

from muvisync.ffmpeg import run_ffmpeg

HOSTILE_LENGTH = 10_000_000_000
BAD = ("empty", "text", "page", "no-moov", "gone", "playlist", "noise", "huge")
"""Kinds of bad files; each has its reason in the ledger."""


def make_clip(path: Path, number: int) -> None:
    """Write 2 to 3 seconds of moving colours and a chord, 128 x 96, other ones for each `number`."""
    seconds = 2 + number % 5 * 0.25
    picture = f"testsrc2=size=128x96:rate=10:duration={seconds},hue=h={number * 37 % 360}"
    root = 220 * 2 ** (number % 12 / 12)
    tones = "+".join(f"0.2*sin(2*PI*{root * ratio:.3f}*t)" for ratio in (1, 1.25 - 0.05 * (number % 2), 1.5))
    sound = f"aevalsrc={tones}:d={seconds}:s=22050"
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    run_ffmpeg([*inputs, *codecs, "-movflags", "+faststart", "-fflags", "+bitexact", str(path)])


def bad_bytes(kind: str, good: bytes) -> bytes:
    """Contents of a bad file; `good` is a real clip."""
    match kind:
        case "empty":
            return b""
        case "page":
            return b"<html>Sorry</html>"
        case "no-moov":
            return good[: good.index(b"moov") - 4] + good[good.index(b"mdat") - 4 :]
        case "playlist":
            return b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
        case "noise":
            return good[:32] + bytes(number * 97 % 251 for number in range(20_000))
    return f"a file of kind {kind}, no video".encode()


def make_files(folder: Path, good: int) -> dict[str, tuple[str, Path]]:
    """Write `good` clips and the bad files; video id -> (kind, file)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"clip-{number:02}": ("good", folder / f"{number}.mp4") for number in range(good)}
    for number, (_, path) in enumerate(files.values()):
        make_clip(path, number)
    sound = files["clip-00"][1].read_bytes()
    for kind in BAD:
        path = folder / f"{kind}.mp4"
        path.write_bytes(bad_bytes(kind, sound))
        files[f"bad-{kind}"] = (kind, path)
    return files
