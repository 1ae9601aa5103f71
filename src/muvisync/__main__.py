"""`python -m muvisync` is the command `muvisync`."""

from muvisync.cli import main

main()
