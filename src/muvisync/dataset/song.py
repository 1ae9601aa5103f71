"""One song of the published release: its text files and its array, read strictly, every problem named at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from muvisync.chords import CHORDS, normalise, parse_key
from muvisync.dataset.ranges import outside, range_of, wrong_sums
from muvisync.schema import EMOTIONS, SEMANTIC_WIDTH

FILES = {
    "semantic": "vevo_semantic/all/2d/clip_l14p/{}.npy",
    "emotion": "vevo_emotion/6c_l14p/all/{}.lab",
    "motion": "vevo_motion/all/{}.lab",
    "scene_offset": "vevo_scene_offset/all/{}.lab",
    "chord": "vevo_chord/lab_v2/all/{}.lab",
    "loudness": "vevo_loudness/all/{}.lab",
    "note_density": "vevo_note_density/all/{}.lab",
}
"""What the rows are made of."""
NORMALISED = "vevo_chord/lab_v2_norm/all/{}.lab"
"""The authors' own normalised chords: ours must be the same."""
_VALUES = {"emotion": len(EMOTIONS), "motion": 1, "scene_offset": 1, "loudness": 1, "note_density": 1}
_MOST_SECONDS = 86_400
_SLACK = 1  # seconds: the authors' extractors do not agree on whether the last, partial second counts


@dataclass(frozen=True)
class Song:
    """Features of a song, each (seconds,) or (seconds, width), up to a second shorter or longer than the chords."""

    key: str
    chords: list[str]
    features: dict[str, np.ndarray]

    @property
    def seconds(self) -> int:
        """Length of the longest feature."""
        return max(len(self.chords), *(len(values) for values in self.features.values()))


class SongError(ValueError):
    """The files of a song are not as they should be; `problems` has a line each, with file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def song_paths(folder: Path, song: str) -> dict[str, Path]:
    """Path of each file of a song, by feature; "normalised" is the authors' normalised chords."""
    return {name: folder / pattern.format(song) for name, pattern in (FILES | {"normalised": NORMALISED}).items()}


def read_song(paths: dict[str, Path]) -> Song:
    """Read and check the files of a song. Raises SongError with every problem in them."""
    missing = [f"{path} is missing" for path in paths.values() if not path.is_file()]
    paths = {name: path for name, path in paths.items() if path.is_file()}
    problems: list[str] = []
    key, chords = _chords(paths["chord"], problems) if "chord" in paths else (None, [])
    features = {name: _numbers(paths[name], name, problems) for name in _VALUES if name in paths}
    if "semantic" in paths:
        features["semantic"] = _semantic(paths["semantic"], problems)
    if "normalised" in paths and key:
        problems += _check_normalised(paths["normalised"], key, chords)
    if chords:
        problems += [
            f"{paths[name]}: {len(values)} seconds, the chords have {len(chords)}"
            for name, values in features.items()
            if len(values) and abs(len(values) - len(chords)) > _SLACK
        ]
    if missing or problems:
        raise SongError(missing + problems)
    return Song(key, chords, features)


def _chords(path: Path, problems: list[str]) -> tuple[str | None, list[str]]:
    key, lines = None, _lines(path, problems)
    first = lines[0][1] if lines else ""
    with suppress(ValueError):  # said below, as for a line that names none
        key = str(parse_key(first.removeprefix("key "))) if first.startswith("key ") else None
    if key is None:
        problems.append(f"{path}, line 1: {_short(first)} does not name the key, as in 'key A minor'")
    found = _Faults(path)
    chords: list[str] = []
    for number, line in lines[1:]:
        second, _, chord = line.partition(" ")
        if second != str(len(chords)):
            found.add(number, f"{_short(line)}: second {len(chords)} must stand here")
        elif chord.strip() not in _KNOWN:
            found.add(number, f"chord {_short(chord)} is not one of the {len(CHORDS)} of the vocabulary")
        chords.append(chord.strip())
    problems += found.lines()
    return (key, chords) if not found.first else (None, chords)


def _check_normalised(path: Path, key: str, chords: list[str]) -> list[str]:
    problems: list[str] = []
    found = _Faults(path)
    theirs = [line.partition(" ")[2].strip() for _, line in _lines(path, problems)[1:]]
    ours = [normalise(chord, parse_key(key)) for chord in chords]
    if len(theirs) != len(ours):
        return [*problems, f"{path}: {len(theirs)} chords, the file in the original key has {len(ours)}"]
    for number, (one, other) in enumerate(zip(theirs, ours, strict=True), start=2):
        if one != other:
            found.add(number, f"{_short(one)} is not the chord in {key}, normalised: {other}")
    return problems + found.lines()


def _numbers(path: Path, name: str, problems: list[str]) -> np.ndarray:
    """Values of a "second value..." file: (seconds,), or (seconds, n) where a line has n values; empty if it is bad."""
    found, rows, numbers = _Faults(path), [], []
    for number, line in _lines(path, problems):
        if number == 1 and line.startswith("time"):
            continue
        second, *values = line.split()
        try:
            rows.append([float(value) for value in values])
        except ValueError:
            rows.append([])
        if len(rows[-1]) != _VALUES[name]:
            found.add(number, f"{_short(line)} is not a second and {_VALUES[name]} number(s)")
        elif second != str(len(rows) - 1):
            found.add(number, f"{_short(line)}: second {len(rows) - 1} must stand here")
        numbers.append(number)
    problems += found.lines()
    if found.first or not rows:
        return np.zeros(0)
    values = np.array(rows)
    problems += _impossible(path, name, values, numbers)
    return values[:, 0] if _VALUES[name] == 1 else values


def _impossible(path: Path, name: str, values: np.ndarray, numbers: list[int]) -> list[str]:
    found = _Faults(path)
    for place in np.flatnonzero(outside(name, values)):
        found.add(numbers[place], f"{values[place].tolist()}: {name} must be {range_of(name)}")
    if name == "emotion" and not found.first:
        for place in np.flatnonzero(wrong_sums(values)):
            found.add(numbers[place], f"the probabilities sum to {values[place].sum():.4f}, not to 1")
    if name == "scene_offset" and not found.first:
        offsets = values[:, 0]
        expected = np.concatenate([[0.0], offsets[:-1] + 1])
        for place in np.flatnonzero((offsets != 0) & (offsets != expected)):
            found.add(numbers[place], f"scene offset {offsets[place]:g} must be 0 or {expected[place]:g}")
    return found.lines()


def _semantic(path: Path, problems: list[str]) -> np.ndarray:
    """(seconds, SEMANTIC_WIDTH) float16; empty if the file is bad."""
    try:
        # mapped: a header that promises more than the file holds is an error, not an allocation
        values = np.load(path, allow_pickle=False, mmap_mode="r")
    except (ValueError, OSError, EOFError) as error:
        problems.append(f"{path}: not an array ({' '.join(str(error).split())[:100]})")
        return np.zeros((0, SEMANTIC_WIDTH), np.float16)
    if values.dtype.kind != "f" or values.ndim != 2 or values.shape[1] != SEMANTIC_WIDTH or len(values) > _MOST_SECONDS:
        problems.append(f"{path}: {values.dtype} {values.shape}, must be float (seconds, {SEMANTIC_WIDTH})")
        return np.zeros((0, SEMANTIC_WIDTH), np.float16)
    with np.errstate(over="ignore"):
        halves = np.asarray(values).astype(np.float16)
    bad = np.flatnonzero(~np.isfinite(halves).all(axis=1))
    if len(bad):
        problems.append(f"{path}: NaN, infinite or too large for float16 in second {bad[0]}{_more(len(bad))}")
    return halves


def _lines(path: Path, problems: list[str]) -> list[tuple[int, str]]:
    """The lines that are not blank, each with its number."""
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        problems.append(f"{path}: can't be read as text ({error.__class__.__name__})")
        return []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        problems.append(f"{path}: empty")
    return lines


class _Faults:
    """The first bad line of a file in words, and how many there are: a thousand lines help nobody."""

    def __init__(self, path: Path) -> None:
        self.path, self.first, self.count = path, "", 0

    def add(self, line: int, what: str) -> None:
        self.first = self.first or f"{self.path}, line {line}: {what}"
        self.count += 1

    def lines(self) -> list[str]:
        return [f"{self.first}{_more(self.count)}"] if self.count else []


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


_KNOWN = frozenset(CHORDS)
