"""Style files: read, listed, and chosen by mood."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import ValidationError
from ruamel.yaml import YAML, YAMLError

from amt.generate.styles.style import Style
from muvisync.errors import UserError

FOLDER = Path(__file__).parent
_NEVER = 1000.0  # notes a second
_OUTSIDE = 0.2  # of suiting that ten notes a second beyond a style's densities cost


def list_styles() -> list[str]:
    """Names of the styles that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read_style(name_or_path: str | Path) -> Style:
    """Read a style that comes with the package by its name, or any other by the path of its file.

    Raises:
        UserError: there is none, it is not YAML, or it has problems, which are all named with their keys.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        if str(name_or_path) not in list_styles():
            known = ", ".join(list_styles())
            raise UserError(f"no style {str(name_or_path)!r}; write one of {known}, or the path of a .yaml file")
        path = FOLDER / f"{name_or_path}.yaml"
    try:
        values = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"style {path} can't be read ({error}); check the path") from error
    except YAMLError as error:
        raise UserError(f"style {path} is not YAML: {error}; compare it with {FOLDER / 'piano.yaml'}") from error
    return _parse_style(values, path)


def choose_style(moods: Sequence[str], density: float) -> str:
    """The style that suits these moods of sections, and so many notes a second on average, best."""
    return max(list_styles(), key=lambda name: _suiting(_packaged(name), moods, density))


def choose_instruments(style: Style, names: Sequence[str] | None) -> Style:
    """The style with only the instruments named, which then play in all sections (None: all, as the style says).

    Raises:
        UserError: the style does not have one of them.
    """
    if names is None:
        return style
    unknown = [name for name in names if name not in style.instruments]
    if unknown or not names:
        asked = ", ".join(map(repr, unknown)) or "none"
        known = ", ".join(style.instruments)
        raise UserError(f"instruments: {asked} asked for; style {style.name} has {known}: write one or more of these")
    always = {"enters": 0.0, "leaves": _NEVER, "moods": ()}
    chosen = {n: p.model_copy(update=always) for n, p in style.instruments.items() if n in names}
    return style.model_copy(update={"instruments": chosen})


def _parse_style(values: object, path: Path) -> Style:
    named = {"name": path.stem, **values} if isinstance(values, dict) else values
    try:
        return Style.model_validate(named)
    except ValidationError as error:
        problems = [f"  {'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()]
        advice = f"mend these, or compare with {FOLDER / 'piano.yaml'}"
        raise UserError("\n".join([f"style {path} has {len(problems)} problem(s):", *problems, advice])) from error


@cache
def _packaged(name: str) -> Style:
    return read_style(name)


def _suiting(style: Style, moods: Sequence[str], density: float) -> float:
    least, most = style.suits_density
    beyond = max(least - density, density - most, 0.0)
    return float(np.mean([style.mood(mood).suits for mood in moods] or [0.5])) - _OUTSIDE * beyond / 10
