"""The slides, opened from disk in a browser that has no network."""

import os
import subprocess
import sys

import pytest
from site_pages import ROOT, SITE_URL
from site_server import Server

# what of a slide does not fit on it
OVERFLOW = """() => {
  const out = [];
  for (const slide of document.querySelectorAll(".slides section:not(.stack)")) {
    const { h, v } = Reveal.getIndices(slide);
    if (!Reveal.isPrintView()) Reveal.slide(h, v);
    const box = slide.getBoundingClientRect();
    const bottom = box.bottom - parseFloat(getComputedStyle(slide).paddingBottom) + 2;
    for (const part of slide.querySelectorAll(".body, .body > *")) {
      const own = part.getBoundingClientRect();
      if (own.bottom > bottom || own.right > box.right || part.scrollWidth > part.clientWidth + 2)
        out.push(`${slide.id}: ${part.tagName} ends at ${own.right}, ${own.bottom}`);
    }
  }
  return out;
}"""
# as drawn on a slide of 1280 by 720
SMALL_TEXT = """async () => {
  const out = [];
  for (const slide of Reveal.getSlides()) {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    await new Promise(requestAnimationFrame);
    for (const text of slide.querySelectorAll("svg text")) {
      const drawn = text.getScreenCTM(), size = parseFloat(getComputedStyle(text).fontSize);
      const seen = size * Math.hypot(drawn.a, drawn.b);
      if (text.textContent.trim() && seen < 18) out.push(`${seen}: ${text.textContent}`);
    }
  }
  return out;
}"""
FIGURES = """() => [...document.querySelectorAll(".slides svg, .slides img")]
  .map(f => [f.getAttribute("role") ?? "img", f.getAttribute("aria-label") ?? f.alt ?? ""])"""
UNTITLED = """() => [...document.querySelectorAll(".slides section:not(.stack)")]
  .filter(s => !s.querySelector("h1, h2, h3")?.textContent.trim()).map(s => s.id)"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The decks, made by the command that `make slides` runs."""
    made = tmp_path_factory.mktemp("slides")
    command = [sys.executable, str(ROOT / "book/_slides/make_slides.py"), str(made)]
    env = {**os.environ, "SITE_URL": SITE_URL}  # with codes to scan
    subprocess.run(command, check=True, capture_output=True, cwd=made, env=env)
    return made


@pytest.fixture(scope="module")
def files(folder):
    found = sorted(folder.glob("*/index.html"))
    assert found
    return found


class Offline:
    """A browser without a network; `met` is what it should not have met."""

    def __init__(self, browser, allowed="file://"):
        self.met = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 720})
        self.context.set_default_timeout(10_000)
        self.context.on("console", self.console)
        self.context.on("weberror", lambda e: self.met.append(str(e.error)))
        self.context.on("requestfailed", lambda r: self.met.append(f"{r.failure} {r.url}"))
        self.context.route("**/*", lambda route: self.ask(route, allowed))

    def console(self, message):
        if message.type in ("error", "warning"):
            self.met.append(message.text)

    def ask(self, route, allowed):
        url = route.request.url
        if url.startswith((allowed, "data:", "about:")):
            route.continue_()
        else:
            self.met.append(f"asks for {url}")
            route.abort()

    def open(self, address):
        page = self.context.new_page()
        page.goto(address)
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        return page


@pytest.fixture
def offline(browser):
    reader = Offline(browser)
    yield reader
    reader.context.close()


def test_decks_open_from_disk_and_every_slide_fits(files, offline):
    for file in files:
        page = offline.open(file.as_uri())
        assert page.evaluate("Reveal.getTotalSlides()") >= 10
        assert page.evaluate(OVERFLOW) == []
        assert page.evaluate(SMALL_TEXT) == []
    assert offline.met == []


def test_decks_open_from_a_server(files, folder, browser):
    with Server(folder, "/talks/") as server:
        reader = Offline(browser, server.origin)
        for file in files:
            page = reader.open(f"{server.base}{file.parent.name}/index.html#/2")
            assert page.evaluate("Reveal.getIndices().h") == 2
        assert reader.met == []
        reader.context.close()


def test_a_deck_is_a_row_of_stacks_each_a_page_and_its_decisions(files, offline):
    for file in files:
        page = offline.open(file.as_uri())
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("h1").count() == 1
        stacks = page.locator(".slides > section.stack")
        assert stacks.first.locator("h1 + .body em").count() == 1
        assert stacks.count() == page.locator("section.page").count() + 1 >= 2
        for number in range(1, stacks.count()):
            stack = stacks.nth(number)
            assert stack.locator("> section").first.get_attribute("class").split()[0] == "page"
            last = stack.locator("> section").last
            assert last.locator("h2").text_content() == "What you can decide now"
            assert last.locator("li").count() >= 2
            assert 2 <= stack.locator("> .hands").count() <= 3
            assert stack.locator("> .play .way a").count() >= 1
        assert page.evaluate(UNTITLED) == []


def test_every_figure_has_its_alt_text(files, offline):
    for file in files:
        found = offline.open(file.as_uri()).evaluate(FIGURES)
        assert len(found) >= 4
        assert all(role == "img" and len(alt) > 60 for role, alt in found), found


def test_the_speaker_sees_notes(files, offline):
    for file in files:
        page = offline.open(file.as_uri())
        assert page.locator(".stack > section:has(> aside.notes)").count() >= 5
        assert not page.locator("aside.notes").first.is_visible()
        said = page.locator(".stack > section:not(#start) > aside.notes").first
        words = " ".join(said.text_content().split())
        place = said.evaluate("notes => notes.parentElement.id")
        with page.expect_popup() as opened:
            page.keyboard.press("s")
        page.evaluate(f"location.hash = '/{place}'")
        notes = opened.value.locator(".speaker-controls-notes .value")
        notes.get_by_text(words[:40]).wait_for()
    assert offline.met == []


def test_a_deck_prints_one_slide_a_page(files, offline):
    for file in files:
        page = offline.open(f"{file.as_uri()}?print-pdf")
        page.wait_for_selector(".pdf-page")
        total = page.locator(".slides section:not(.stack)").count()
        assert page.locator(".pdf-page").count() == total
        assert page.evaluate(OVERFLOW) == []
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert printed.count(b"/MediaBox") == total
    assert offline.met == []
