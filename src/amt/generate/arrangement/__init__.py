"""A lead sheet and a style -> notes: who plays what, how dense and how loud."""

from amt.generate.arrangement.arrange import arrange, sounding_density

__all__ = ["arrange", "sounding_density"]
