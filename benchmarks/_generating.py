"""`muvisync generate` and then its memory: `python -m benchmarks._generating VIDEO -o OUT`."""

from __future__ import annotations

from benchmarks._memory import megabytes
from muvisync.cli import main

if __name__ == "__main__":
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    print(megabytes("VmHWM"))
