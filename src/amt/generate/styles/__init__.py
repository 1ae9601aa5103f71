"""Styles: who plays what, when, and in which patterns. A musician can copy and change the .yaml files here."""

from amt.generate.styles.library import choose_instruments, choose_style, list_styles, read_style
from amt.generate.styles.style import Style

__all__ = ["Style", "choose_instruments", "choose_style", "list_styles", "read_style"]
