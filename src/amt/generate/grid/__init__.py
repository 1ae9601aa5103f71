"""A video's cuts -> the music's own time: an elastic tempo whose beats meet the cuts, bars, sections."""

from amt.generate.grid.grid import Cut, Grid

__all__ = ["Cut", "Grid"]
