"""Run every benchmark (or those named), print figure and target, end with status 1 when a target is missed.

What follows a name and is none itself is its arguments: `python -m benchmarks fit CLIPS fit.json dataset`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import benchmarks


def main(wanted: list[str]) -> int:
    """Run the benchmarks of these names, all without names; the number of those that missed a target."""
    found = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    names = [name for name in found if not name.startswith("_")]
    missed = []
    for name, arguments in group(wanted or names, names):
        print(f"== {name}", flush=True)
        if not importlib.import_module(f"benchmarks.{name}").main(*map(Path, arguments)):
            missed.append(name)
    print(f"missed: {', '.join(missed)}" if missed else "every target is met")
    return len(missed)


def group(words: list[str], names: list[str]) -> list[tuple[str, list[str]]]:
    """Each benchmark with its arguments. Raises SystemExit when the first word is no name."""
    groups: list[tuple[str, list[str]]] = []
    for word in words:
        if word in names:
            groups.append((word, []))
        elif groups:
            groups[-1][1].append(word)
        else:
            raise SystemExit(f"{word} is no benchmark; take of: {', '.join(names)}")
    return groups


if __name__ == "__main__":
    raise SystemExit(1 if main(sys.argv[1:]) else 0)
