"""A lead sheet -> notes: who plays, in which style, how dense and how loud."""

from amt.generate.arrangement.arrange import arrange, sounding_density
from amt.generate.arrangement.style import Style
from amt.generate.arrangement.styles import choose_style, list_styles, read_style

__all__ = ["Style", "arrange", "choose_style", "list_styles", "read_style", "sounding_density"]
