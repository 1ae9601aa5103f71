"""The page in a real browser: a clip goes in, its music plays and comes down; bad files get a friendly word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pretty_midi
import pytest
from tests.browser import NEEDED, open_browser

from amt.app.take import LONGEST, MOST_BYTES

WAIT = 120_000  # milliseconds; a busy machine may take its time
SMALLEST = """Math.min(...[...document.querySelectorAll('svg.whole text')]
    .map(text => text.getBoundingClientRect().height).filter(height => height > 0))"""
pytestmark = NEEDED


@pytest.fixture
def open_page(address: str, tmp_path: Path) -> Iterator[Callable[[int], object]]:
    """A function of a width that opens the page; at the end nothing was asked of any other host, nothing complained."""
    complaints: list[str] = []
    with open_browser(tmp_path / "profile") as context:
        hosts = {urlsplit(address).netloc}

        def note(request: object) -> None:
            if urlsplit(request.url).scheme.startswith("http"):
                hosts.add(urlsplit(request.url).netloc)

        def open_at(width: int) -> object:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": 900})
            page.on("request", note)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
            page.goto(address)
            page.wait_for_selector("#make", timeout=WAIT)
            return page

        yield open_at
    assert hosts == {urlsplit(address).netloc} and not complaints


def upload(page: object, path: Path) -> None:
    page.set_input_files("#upload input[type=file]", path)


def test_a_clip_gets_its_music_and_keeps_it_for_itself(open_page, make_clip, rooms, tmp_path):
    page = open_page(1280)
    upload(page, make_clip("holi day <b>.mp4", 3))
    page.wait_for_selector("#taken video", timeout=WAIT)
    assert "0:03" in page.inner_text("#taken") and page.locator("#taken b b").count() == 0
    page.locator("#variants label").nth(1).click()
    page.click("#make:enabled")
    page.wait_for_selector("#results .variant", timeout=WAIT)
    check_playing(page)
    check_comparing(page)
    for kind in ("MIDI", "WAV", "MP4"):
        with page.expect_download() as download:
            page.locator("a.download:visible").filter(has_text=kind).click()
        download.value.save_as(tmp_path / f"got.{kind}")
        assert download.value.suggested_filename.startswith("holi-day-b-music-2.")
    notes = [note for player in pretty_midi.PrettyMIDI(str(tmp_path / "got.MIDI")).instruments for note in player.notes]
    assert notes and max(note.end for note in notes) <= 3.05
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALLEST) > 7
    check_leaving(page, rooms)


def check_playing(page: object) -> None:
    """The time of the result advances, the playhead follows, and a click on the picture goes there."""
    page.evaluate("() => {const v = document.querySelector('.variant video'); v.muted = true; return v.play()}")
    page.wait_for_function("document.querySelector('.variant video').currentTime > 0.3", timeout=WAIT)
    page.evaluate("document.querySelector('.variant video').pause()")
    page.wait_for_function("+document.querySelector('.playhead').getAttribute('x1') > 100", timeout=WAIT)
    box = page.locator("svg.whole").first.bounding_box()
    page.locator("svg.whole").first.click(position={"x": box["width"] / 2, "y": 50})
    page.wait_for_function("Math.abs(document.querySelector('.variant video').currentTime - 1.5) < 0.05", timeout=WAIT)


def check_comparing(page: object) -> None:
    """Another variant is another file and goes on where this one was."""
    page.get_by_role("tab", name="Variant 2").click()
    assert [each.is_visible() for each in page.locator(".variant").all()] == [False, True]
    page.wait_for_function("document.querySelectorAll('.variant video')[1].currentTime > 1.4", timeout=WAIT)


def check_leaving(page: object, rooms: object) -> None:
    """When the page is closed its files go."""
    assert list(rooms.root.glob("*/music-*/*.mp4"))
    page.close()
    for _ in range(200):
        if not list(rooms.root.glob("*/*/*")):
            return
        page.context.pages[0].wait_for_timeout(100)
    raise AssertionError(list(rooms.root.rglob("*")))


def test_bad_files_get_a_friendly_word_and_a_good_one_still_works(open_page, make_clip, tmp_path):
    page = open_page(390)
    (tmp_path / "text.mp4").write_text("not a video, whatever its name says")
    (tmp_path / "empty.mp4").write_bytes(b"")
    bad = {
        tmp_path / "text.mp4": "This is not a video that can be read here",
        tmp_path / "empty.mp4": "This file is empty",
        make_clip("long.mp4", LONGEST + 5, rate=1): "10:05 long; 10:00 is the most",
    }
    for path, words in bad.items():
        upload(page, path)
        page.wait_for_function("w => document.querySelector('#taken').innerText.includes(w)", arg=words, timeout=WAIT)
        assert page.locator("#make").is_disabled() and page.locator("#taken [role=alert]").count() == 1
    page.get_by_label("Or take an example").click()
    page.get_by_role("option", name="Colours").click()
    page.wait_for_selector("#make:enabled", timeout=WAIT)
    page.get_by_role("button", name="More").click()
    page.fill("#primer textarea, #primer input", "Am Xyz")
    page.click("#make")
    page.wait_for_selector("#results [role=alert]", timeout=WAIT)
    assert "'Xyz' is not a chord" in page.inner_text("#results")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


DROP = """() => {
    const files = new DataTransfer(), zone = document.querySelector("#upload button");
    files.items.add(new File(["x".repeat(2e6)], "dropped.mp4"));
    document.querySelector("#too-large").dataset.most = 1e6;
    zone.dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
}"""


def test_a_file_over_the_limit_is_not_sent_and_the_video_before_stays(open_page, make_clip, tmp_path):
    page = open_page(390)
    upload(page, make_clip("before.mp4", 2))
    page.wait_for_selector("#taken video", timeout=WAIT)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with (tmp_path / "large <b>.mp4").open("wb") as large:
        large.truncate(MOST_BYTES + 1)  # takes no room on the disk
    upload(page, tmp_path / "large <b>.mp4")
    page.wait_for_selector("#too-large:visible", timeout=WAIT)
    assert page.inner_text("#too-large") == "large <b>.mp4 has 501 MB; 500 MB is the most. Try a smaller one."
    page.evaluate(DROP)
    page.wait_for_function("document.querySelector('#too-large').innerText.startsWith('dropped.mp4 has 2 MB; 1 MB is')")
    assert not [url for url in sent if "upload" in url] and page.locator(".toast-wrap .error").count() == 0
    assert page.locator("#make").is_enabled() and "before.mp4" in page.inner_text("#taken")
    upload(page, make_clip("after.mp4", 3))
    page.wait_for_function("document.querySelector('#taken').innerText.includes('after.mp4')", timeout=WAIT)
    assert page.locator("#too-large").is_hidden()
