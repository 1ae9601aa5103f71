"""The page in a real browser: nothing complains, all of it loads and plays, and it fits a phone and a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser import NEEDED, open_browser

from amt.report.inputs import read_inputs
from amt.report.page import inputs_to_page

SIZES = """Promise.all([...document.querySelectorAll('video')].map(video => new Promise(done => {
    const poster = new Image();
    poster.onload = () => done([video.videoWidth, poster.width]);
    poster.onerror = () => done([video.videoWidth, 0]);
    poster.src = video.poster;
})))"""
pytestmark = NEEDED


@pytest.fixture
def open_page(reports: Path, tmp_path: Path) -> Iterator[object]:
    """A function of a width that opens the page by file:// and gives it with the list of its complaints."""
    (reports / "index.html").write_text(inputs_to_page(read_inputs(reports, reports.parent / "data/ledger")))
    moved = reports.rename(tmp_path / "somewhere else")  # the folder works wherever it is copied
    with open_browser(tmp_path / "profile") as context:

        def open_at(width: int) -> tuple[object, list[str]]:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": 900})
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("requestfailed", lambda request: _note_failure(request, complaints))
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            page.goto((moved / "index.html").as_uri())
            return page, complaints

        yield open_at


def _note_failure(request: object, complaints: list[str]) -> None:
    # a video of which only the metadata is wanted is let go by the browser itself
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"{request.url}: {request.failure}")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_chromium(open_page, width):
    page, complaints = open_page(width)
    page.wait_for_function("[...document.querySelectorAll('video')].every(v => v.readyState >= 1)", timeout=20_000)
    assert page.evaluate(SIZES) == [[384, 384], [384, 384]]
    drawn = page.evaluate("[...document.querySelectorAll('svg')].map(s => Math.min(s.clientWidth, s.clientHeight))")
    assert len(drawn) > 15 and min(drawn) > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check_playing(page)
    assert complaints == []


def check_playing(page) -> None:
    """The time of a playing video advances, its timeline follows, and a click there jumps."""
    page.evaluate("() => {const v = document.querySelector('video'); v.muted = true; return v.play()}")
    page.wait_for_function("document.querySelector('video').currentTime > 0.3", timeout=20_000)
    page.evaluate("document.querySelector('video').pause()")
    assert float(page.evaluate("document.querySelector('.playhead').getAttribute('x1')")) > 4
    page.evaluate("document.querySelector('.timeline').scrollIntoView()")
    page.locator(".timeline").first.click(position={"x": 250, "y": 40})
    page.wait_for_function("Math.abs(document.querySelector('video').currentTime - 3) < 0.3", timeout=20_000)
