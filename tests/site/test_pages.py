"""What holds on every page, for every kind of reader."""

import json
from html import escape
from urllib.parse import unquote, urldefrag

import pytest
from site_look import AXE_VIEWS, VIEWS
from site_pages import BOOK, BOOK_PAGES, PAGES, ROOT

KB = 1024
every_page = pytest.mark.parametrize("page", PAGES)
every_view = pytest.mark.parametrize("view", VIEWS)


@every_page
def test_it_asks_nobody_else(look, page):
    assert look(page).foreign == []


@every_view
@every_page
def test_nothing_fails(look, page, view):
    seen = look(page, view)
    assert seen.failed == []
    assert seen.console == []


@pytest.mark.parametrize("view", AXE_VIEWS)
@every_page
def test_axe_finds_nothing(look, page, view):
    """With everything opened; light, dark and phone."""
    assert look(page, view).axe == []


@pytest.mark.parametrize("view", ["phone", "small phone"])
@every_page
def test_it_never_scrolls_sideways(look, page, view):
    assert look(page, view).wide == []


@pytest.mark.parametrize("view", ["phone", "light"])
@every_page
def test_words_in_figures_are_large_enough(look, page, view):
    assert look(page, view).small_text == []


@every_page
def test_it_is_light(look, page):
    """The text page's bar is 600 KB gzip and 35 requests; no page here needs more."""
    seen = look(page)
    assert 0 < seen.weight <= 600 * KB
    assert seen.requests <= 35


@every_page
def test_every_figure_has_an_alt_text(look, page):
    for alt in look(page).figures:
        assert len(alt) >= 20, f"{alt!r} says too little"
        assert not alt.lower().endswith((".svg", ".png"))


@pytest.mark.parametrize("name", BOOK)
def test_every_figure_of_a_notebook_is_on_its_page(site, name):
    """Each cell that promises a figure by its alt text has drawn one, as part of the page."""
    source = ROOT / f"{name}.ipynb"
    if source.exists():
        cells = json.loads(source.read_text("utf-8"))["cells"]
        promised = [
            c["metadata"]["mystnb"]["image"]["alt"] for c in cells if "mystnb" in c["metadata"]
        ]
        page = (site / f"{name}.html").read_text("utf-8")
        for alt in promised:
            assert f'role="img" aria-label="{escape(alt, quote=True)}"' in page


@every_page
def test_every_link_leads_somewhere(look, page, server, site):
    """Links inside the site: the file is there, and so is the anchor."""
    dead = []
    for link in look(page).links:
        if not link.startswith(server.origin):
            continue
        address, anchor = urldefrag(link)
        target = unquote(address.split("?")[0].removeprefix(server.base))
        there = address.startswith(server.base) and (site / target).is_file()
        if there and anchor and target.endswith(".html"):
            there = unquote(anchor) in look(target).ids
        if not there:
            dead.append(link)
    assert dead == []


def test_the_site_has_just_these_pages(site):
    built = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    assert built == {*PAGES, "index.html"}


def test_the_root_leads_to_the_book(browser, server):
    page = browser.new_page()
    page.goto(server.base)
    page.wait_for_url(server.base + BOOK_PAGES[0])
    page.close()
