"""What holds on every page, for every kind of reader. Each page is loaded three times."""

import re
from functools import cache
from html.parser import HTMLParser
from math import prod
from urllib.parse import unquote, urldefrag

import pytest
from site_look import AXE_VIEWS, NO_SCRIPT, PHONES, READERS
from site_pages import BOOK, BOOK_PAGES, MOVED, NOTEBOOKS, PAGES, WORKED, cells, text
from site_states import states

KB = 1024
every_page = pytest.mark.parametrize("page", PAGES)
every_view = pytest.mark.parametrize("view", READERS)


@every_view
@every_page
def test_nothing_fails_and_nobody_else_is_asked(look, page, view):
    """From a server, and on phones from disk."""
    seen = look(page, view)
    assert seen.foreign == []
    assert seen.failed == []
    assert seen.console == []
    assert "h1" in seen.visible


@pytest.mark.parametrize("view", AXE_VIEWS)
@every_page
def test_axe_finds_nothing(look, page, view):
    """With everything opened; light, dark and phone."""
    assert look(page, view).axe == []


@pytest.mark.parametrize("view", PHONES)
@every_page
def test_it_never_scrolls_sideways(look, page, view):
    assert look(page, view).wide == []


@every_page
def test_four_columns_fit_a_phone(look, page):
    assert look(page, "phone").scrolled_tables == []


@pytest.mark.parametrize("view", ["phone", "light"])
@every_page
def test_words_in_figures_are_large_enough(look, page, view):
    assert look(page, view).small_text == []


@every_page
def test_it_is_light(look, page):
    """The text page's bar is 600 KB gzip and 35 requests; no page here needs more."""
    seen = look(page)
    assert 0 < sum(seen.weights) <= 600 * KB
    assert len(seen.requests) <= 35


@every_page
def test_it_reads_without_javascript(look, page):
    seen = look(page, NO_SCRIPT)
    assert seen.words > (300 if page in BOOK_PAGES else 0)
    assert seen.hidden_figures == []
    assert seen.stuck_folds == []
    assert not {"button.theme", ".done", ".progress"} & set(seen.visible)


# --- figures ---


def promised(name):
    """Return the alt texts that the cells of a notebook promise."""
    given = (c["metadata"].get("mystnb", {}).get("image", {}).get("alt") for c in cells(name))
    return [alt for alt in given if alt]


def drawn(name):
    """Count the figures of a page in its source: drawings, explorers, pictures, maps."""
    if name in NOTEBOOKS:
        outputs = [o.get("data", {}) for c in cells(name) for o in c.get("outputs", ())]
        explorers = sum("ka-explorer" in "".join(o.get("text/html", "")) for o in outputs)
        return sum("image/svg+xml" in o for o in outputs) + explorers
    if f"{name}.html" not in BOOK_PAGES:
        return 0
    # the map is drawn twice, for wide windows and for phones
    return len(re.findall(r"!\[", text(name))) + 2 * text(name).count("```{journey}")


@every_page
def test_every_figure_has_an_alt_text(look, page):
    """As many figures as the source draws, none without words, and no picture's name as words."""
    found, name = look(page).figures, page.removesuffix(".html")
    assert len(found) == drawn(name)
    assert [alt for alt in found if len(alt) < 20 or alt.lower().endswith((".svg", ".png"))] == []
    if name in NOTEBOOKS:
        assert promised(name)
        assert [alt for alt in promised(name) if alt not in found] == []


# --- links ---


class Ids(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.update(value for name, value in attributes if name == "id")


@cache
def anchors(path):
    return Ids(path.read_text("utf-8")).found


@every_page
def test_every_link_leads_somewhere(look, page, server, site):
    """Links inside the site: the file is there, and so is the anchor."""
    dead, links = [], look(page).links
    for link in links:
        if not link.startswith(server.origin):
            continue
        address, anchor = urldefrag(link)
        target = site / unquote(address.split("?")[0].removeprefix(server.base))
        there = address.startswith(server.base) and target.is_file()
        if there and anchor and target.suffix == ".html":
            there = unquote(anchor) in anchors(target)
        if not there:
            dead.append(link)
    assert dead == []
    assert links


@every_page
def test_an_id_is_given_once(look, page):
    ids = look(page).ids
    assert sorted(set(ids)) == sorted(ids)


def test_what_stood_on_one_reference_page_is_still_found_there(site):
    """Every function and class of a room has its anchor in the list of all rooms."""
    rooms = sorted((site / "book/reference/api").glob("*.html"))
    assert rooms
    named = r'<dl class="py (?:function|class|exception)">\s*<dt [^>]*id="([^"]+)"'
    listed = anchors(site / "book/reference/api.html")
    for room in rooms:
        there = re.findall(named, room.read_text("utf-8"))
        assert there, room
        assert [name for name in there if name not in listed] == []


# --- what a worked page has ---


@pytest.mark.parametrize("page", WORKED)
def test_a_worked_page_has_its_comforts(look, page):
    seen = look(page)
    assert {"button.theme", ".done", ".progress", ".take-away"} <= set(seen.visible)


@pytest.mark.parametrize("page", WORKED)
def test_exercises_count_from_one_and_read_as_headings(look, page):
    titles = look(page).exercises
    assert len(titles) >= 3
    for number, title in enumerate(titles, start=1):
        assert re.match(rf"Exercise {number} · (Warm-up|Apply|Judge): \w", title), title
    folds = [f"Solution to exercise {number}" for number in range(1, len(titles) + 1)]
    assert look(page).solutions == folds


@pytest.mark.parametrize("page", WORKED)
def test_each_control_of_an_explorer_changes_what_is_shown(look, page, site):
    """A state for each place of the controls; first and last place of each show other things."""
    assert look(page).explorers
    for name, sizes in look(page).explorers:
        found = states(site, name)
        assert len(found) == prod(sizes)
        # at their first values some controls switch the others off
        for control in range(len(sizes)):
            shown = []
            for place in (0, sizes[control] - 1):
                index = 0
                for other, size in enumerate(sizes):
                    index = index * size + (place if other == control else size - 1)
                shown.append(found[index][1:])
            assert shown[0] != shown[1], (name, control)
        drawings = {re.search(r'viewBox="[^"]+"', figure)[0] for _, figure, _ in found}
        assert len(drawings) == 1, "a picture of another size would move the page"


# --- the whole ---


def test_the_site_has_just_these_pages(site):
    built = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    moved = {f"{old}.html" for old, new in MOVED.items() if new in BOOK and old not in BOOK}
    assert built == {*PAGES, *moved, "index.html"}


def test_the_root_leads_to_the_book(browser, server):
    page = browser.new_page()
    page.goto(server.base)
    page.wait_for_url(server.base + BOOK_PAGES[0])
    page.close()
