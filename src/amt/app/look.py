"""How the page looks: a light theme of its own with system fonts and one accent colour."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

ACCENT = "#0f6f6a"
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
_HERE = Path(__file__).parent / "assets"

CSS = (_HERE / "page.css").read_text(encoding="utf-8")
SCRIPT = f"<script>{(_HERE / 'page.js').read_text(encoding='utf-8')}</script>"


def _make_theme() -> gr.themes.Base:
    ink, soft, line, paper, ground = "#22282b", "#5d676c", "#dcdfda", "#ffffff", "#f6f6f3"
    values = {
        "body_background_fill": ground,
        "body_text_color": ink,
        "body_text_color_subdued": soft,
        "background_fill_primary": paper,
        "background_fill_secondary": ground,
        "block_background_fill": "transparent",
        "block_border_width": "0px",
        "block_padding": "0px",
        "block_title_text_weight": "600",
        "form_gap_width": "0px",
        "block_label_background_fill": paper,
        "block_label_text_color": ink,
        "block_title_text_color": ink,
        "block_info_text_color": soft,
        "border_color_primary": line,
        "border_color_accent": ACCENT,
        "color_accent_soft": "#e4efed",
        "input_background_fill": paper,
        "input_border_color": "#b9c0bb",
        "input_border_width": "1px",
        "input_radius": "8px",
        "button_large_radius": "8px",
        "input_border_color_focus": ACCENT,
        "input_placeholder_color": "#8b9499",
        "button_primary_background_fill": ACCENT,
        "button_primary_background_fill_hover": "#0b5753",
        "button_primary_text_color": "#ffffff",
        "button_secondary_background_fill": paper,
        "button_secondary_text_color": ink,
        "checkbox_label_background_fill": paper,
        "checkbox_label_border_color": "#b9c0bb",
        "checkbox_label_border_width": "1px",
        "checkbox_label_border_color_selected": ACCENT,
        "checkbox_label_background_fill_selected": "#e4efed",
        "checkbox_label_text_color": ink,
        "checkbox_background_color_selected": ACCENT,
        "checkbox_border_color_selected": ACCENT,
        "slider_color": ACCENT,
        "loader_color": ACCENT,
    }
    theme = gr.themes.Base(font=_FONTS, font_mono=("ui-monospace", "Menlo", "Consolas", "monospace"))
    # dark settings alike: what is drawn for the page is drawn for paper
    return theme.set(**_known(values | {f"{name}_dark": value for name, value in values.items()}))


def _known(values: dict[str, str]) -> dict[str, str]:
    import inspect

    return {name: value for name, value in values.items() if name in inspect.signature(gr.themes.Base.set).parameters}


THEME = _make_theme()
