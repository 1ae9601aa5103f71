"""Speed and memory, each with the figure it must reach: `make bench`."""
