"""Run every benchmark (or those named), print figure and target, end with status 1 when a target is missed."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main(wanted: list[str]) -> int:
    """Run the benchmarks of these names, all without names; the number of those that missed a target."""
    found = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    names = wanted or [name for name in found if not name.startswith("_")]
    missed = []
    for name in names:
        print(f"== {name}", flush=True)
        if not importlib.import_module(f"benchmarks.{name}").main():
            missed.append(name)
    print(f"missed: {', '.join(missed)}" if missed else "every target is met")
    return len(missed)


if __name__ == "__main__":
    raise SystemExit(1 if main(sys.argv[1:]) else 0)
