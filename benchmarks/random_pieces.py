"""Random videos and wishes never give a broken file: `python -m benchmarks.random_pieces --count 200`.

Lengths, frame rates, cuts, missing features and all options are chosen by chance (`_random_case`); of every piece MP4,
WAV and MIDI are made and checked (`_random_piece`). A problem is told with its seed, which makes it again:
`--first SEED --count 1`.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks._random_piece import check_random_piece

_EVERY = 10  # pieces between two signs of life


def main(*words: object) -> bool:
    """Check pieces as the `words` of a command line say; whether there is no problem."""
    parser = argparse.ArgumentParser(prog="benchmarks.random_pieces", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="how many")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    asked = parser.parse_args(list(map(str, words)))
    started, broken = time.monotonic(), 0
    for done, seed in enumerate(range(asked.first, asked.first + asked.count), start=1):
        problems = check_random_piece(seed)
        broken += bool(problems)
        for problem in problems:
            print(f"seed {seed}: {problem}", flush=True)
        if done % _EVERY == 0 or done == asked.count:
            print(f"{done} of {asked.count}: {broken} with problems, {time.monotonic() - started:.0f} s", flush=True)
    return not broken


if __name__ == "__main__":
    raise SystemExit(not main(*sys.argv[1:]))
