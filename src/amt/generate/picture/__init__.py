"""The picture of a whole piece, drawn from its timeline."""

from amt.generate.picture.whole import timeline_to_picture

__all__ = ["timeline_to_picture"]
