"""The page: what there is to choose, and what happens when it is chosen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import gradio as gr
from gradio_client.utils import is_http_url_like

from amt.app.ask import MOST_VARIANTS, Make
from amt.app.rooms import Rooms
from amt.app.show import show_nothing
from amt.app.take import KINDS, LONGEST, MOST_BYTES
from amt.app.visit import Visit
from muvisync.chords import Key
from muvisync.schema import EMOTIONS

TITLE = "MuViSync: music for your video"
_HEADER = """<header class="page"><h1>Music for your video</h1>
<p>Choose a video. Its cuts, its motion and its mood decide what is composed; the picture stays as it is.
Everything happens on this computer.</p></header>"""
_KEYS = [str(Key(tonic, mode)) for mode in ("major", "minor") for tonic in range(12)]
_LIMITS = f"""<p class="limits">{", ".join(KINDS)} and others, at most {MOST_BYTES / 1e6:.0f} MB and
{LONGEST / 60:.0f} minutes</p><div id="too-large" class="problem" role="alert" data-most="{MOST_BYTES}" hidden></div>"""


def build_page(make: Make, rooms: Rooms, styles: Sequence[str], examples: Mapping[str, Path]) -> gr.Blocks:
    """The page over `make`; `examples` are videos by the names that visitors choose them by."""
    visit = Visit(make, rooms, examples)
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        gr.HTML(_HEADER)
        taken = gr.State(None)
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=4, min_width=320, elem_id="choices"):
                upload = gr.File(label="Video", show_label=False, elem_id="upload", height=160)
                gr.HTML(_LIMITS)
                example = gr.Dropdown(["", *examples], label="Or take an example", visible=bool(examples))
                shown = gr.HTML(elem_id="taken")
                fields = _fields(styles)
                button = gr.Button("Make music", variant="primary", interactive=False, elem_id="make")
            with gr.Column(scale=7, min_width=320):
                results = gr.HTML(show_nothing(), elem_id="results", min_height=260)
        after = [taken, shown, button]
        common = {"api_visibility": "private"}
        upload.upload(visit.take_upload, [upload], [upload, *after], show_progress="hidden", **common)
        # `input` of a dropdown comes twice for a choice
        example.select(visit.take_example, [example], after, show_progress="hidden", **common)
        # one at a time: Gradio tells whoever waits which place in the line is theirs
        button.click(visit.make_music, [taken, *fields], results, concurrency_limit=1, scroll_to_output=True, **common)
        page.unload(visit.leave)
    _refuse_addresses(page)
    return page.queue(max_size=20)


def _fields(styles: Sequence[str]) -> list[gr.components.Component]:
    """The form; in the order of the fields of Ask."""
    mood = gr.Dropdown([("As the picture is", ""), *((word.capitalize(), word) for word in EMOTIONS)], label="Mood")
    with gr.Row():
        named = [("By the mood", ""), *((name.capitalize(), name) for name in styles)]
        style = gr.Dropdown(named, label="Style", min_width=120)
        key = gr.Dropdown([("By the mood", ""), *((name, name) for name in _KEYS)], label="Key", min_width=120)
    variants = gr.Radio(list(range(1, MOST_VARIANTS + 1)), value=1, label="Variants", elem_id="variants")
    with gr.Accordion("More", open=False):
        primer = gr.Textbox("", label="First chords", placeholder="Am F C G", max_length=200, elem_id="primer")
        temperature = gr.Slider(0.1, 2, value=1, step=0.05, label="Temperature", info="Low: expected. High: bold.")
        seed = gr.Number(0, precision=0, label="Seed", info="The same seed gives the same music.")
    return [mood, style, key, primer, temperature, seed, variants]


def _refuse_addresses(page: gr.Blocks) -> None:
    """Let no input name an address on the network: Gradio would fetch it, and this page fetches nothing."""
    for block in page.blocks.values():
        block.async_move_resource_to_block_cache = partial(_only_here, block.async_move_resource_to_block_cache)


async def _only_here(move: Callable[[str], Awaitable[str]], resource: str | None) -> str | None:
    if resource is not None and is_http_url_like(resource):
        raise gr.Error("Only files of this computer are taken")
    return await move(resource)
