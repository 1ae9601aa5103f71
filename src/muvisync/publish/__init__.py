"""The reports of a run, where people read them: a folder or a bucket with all runs, trends, and the latest."""

from muvisync.publish.entry import RunEntry
from muvisync.publish.publish import Published, publish

__all__ = ["Published", "RunEntry", "publish"]
