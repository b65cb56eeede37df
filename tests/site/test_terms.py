"""Terms explain themselves: by mouse, keyboard and finger, in both themes, on a small phone."""

import json
import re

import pytest
from site_look import AXE_VIEWS, VIEWS, WIDE
from site_pages import BOOK_PAGES, SAMPLE

GLOSSARY = "book/reference/glossary.html"
EXPLAINED = re.compile(r'<script type="application/json" id="terms">(.*?)</script>', re.S)
LINKED = re.compile(r'<a class="[^"]*\bterm\b[^"]*" href="[^"]*glossary\.html#([^"]+)"')

MOVED = """() => { window.moved = 0; new PerformanceObserver(list => {
  for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({type: "layout-shift", buffered: true}); }"""


def explained(site, page):
    found = EXPLAINED.search((site / page).read_text("utf-8"))
    return json.loads(found[1]) if found else {}


@pytest.fixture
def open_page(reader, server):
    """`open_page(view, …)` → the sample page in a new browser window."""

    def opened(view="light", **options):
        page = reader(**VIEWS[view], **options)
        page.goto(server.base + SAMPLE)
        return page

    return opened


def bubble(page):
    return page.locator(".term-bubble")


def says_cut_point(page):
    """The bubble is there, in both languages, and it is what the link is described by."""
    box = bubble(page)
    box.wait_for()
    assert "cut point" in box.inner_text()
    assert box.locator("[lang=zh-Hans]").inner_text() == "分界点"
    assert "97 days" in box.inner_text()
    described = page.locator("a.term[aria-describedby]")
    assert described.count() == 1
    tip = page.locator("#" + described.get_attribute("aria-describedby"))
    assert tip.get_attribute("role") == "tooltip"
    assert tip.locator("a").count() == 0, "a tooltip holds no link; it stands beside"
    return True


def cut_points(page):
    return page.locator("a.term", has_text="cut points").first


# --- what the page carries ---


@pytest.mark.parametrize("address", BOOK_PAGES)
def test_a_page_carries_what_its_own_terms_mean_and_no_more(site, address):
    linked = set(LINKED.findall((site / address).read_text("utf-8")))
    assert set(explained(site, address)) == linked
    assert not (linked and address == GLOSSARY)


def test_pages_with_terms_exist_and_the_browsers_own_tooltip_is_gone(site):
    assert len(explained(site, SAMPLE)) >= 5
    links = re.findall(r"<a [^>]*glossary\.html#term-[^>]*>", (site / SAMPLE).read_text("utf-8"))
    assert links
    assert not [link for link in links if "title=" in link]


def test_without_javascript_the_link_leads_to_the_glossary(open_page, server):
    page = open_page("phone", java_script_enabled=False)
    cut_points(page).click()
    page.wait_for_url(server.base + GLOSSARY + "#term-cut-point")


# --- keyboard ---


def test_focus_opens_escape_closes_and_enter_follows(open_page, server):
    page = open_page()
    link = cut_points(page)
    link.focus()
    assert says_cut_point(page)
    page.keyboard.press("Escape")
    assert bubble(page).count() == 0
    assert link.evaluate("a => a === document.activeElement && !a.ariaDescribedByElements?.length")
    page.keyboard.press("Enter")
    page.wait_for_url(server.base + GLOSSARY + "#term-cut-point")


def test_tab_goes_into_the_bubble_and_out_of_it(open_page):
    page = open_page()
    cut_points(page).focus()
    page.keyboard.press("Tab")
    inside = "document.activeElement.closest('.term-bubble') !== null"
    assert page.evaluate(inside)
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith("#term-cut-point")
    page.keyboard.press("Escape")
    assert bubble(page).count() == 0
    assert page.evaluate("document.activeElement.textContent") == "cut points"
    # back to the link, and then forward through the bubble and out of it
    page.keyboard.press("Shift+Tab")
    cut_points(page).focus()
    assert says_cut_point(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert not page.evaluate(inside)
    assert "cut point" not in "".join(bubble(page).all_inner_texts())


# --- mouse ---


def test_hover_opens_it_stays_while_pointed_at_and_then_goes(open_page):
    page = open_page()
    cut_points(page).hover()
    assert says_cut_point(page)
    bubble(page).locator(".meaning").hover()
    page.wait_for_timeout(500)
    assert bubble(page).is_visible()
    page.keyboard.press("Escape")
    assert bubble(page).count() == 0
    cut_points(page).hover()
    assert says_cut_point(page)
    page.locator("h1").hover()
    bubble(page).wait_for(state="detached")


def test_passing_over_a_term_opens_nothing(open_page):
    page = open_page()
    cut_points(page).hover()
    page.locator("h1").hover()
    page.wait_for_timeout(400)
    assert bubble(page).count() == 0


def test_a_click_follows_the_link(open_page, server):
    page = open_page()
    cut_points(page).click()
    page.wait_for_url(server.base + GLOSSARY + "#term-cut-point")


# --- finger ---


def test_the_first_tap_opens_and_the_second_follows(open_page, server):
    page = open_page("phone", has_touch=True, is_mobile=True)
    link = cut_points(page)
    link.tap()
    assert says_cut_point(page)
    assert page.url == server.base + SAMPLE
    link.tap()
    page.wait_for_url(server.base + GLOSSARY + "#term-cut-point")


def test_a_tap_elsewhere_closes_and_the_link_inside_leads_on(open_page, server):
    page = open_page("phone", has_touch=True, is_mobile=True)
    cut_points(page).tap()
    assert says_cut_point(page)
    page.locator("h1").tap()
    assert bubble(page).count() == 0
    cut_points(page).tap()
    bubble(page).locator(".meaning").tap()
    assert says_cut_point(page), "a tap on the words keeps it open"
    page.get_by_role("link", name="Open in the glossary").tap()
    page.wait_for_url(server.base + GLOSSARY + "#term-cut-point")


def test_a_tap_on_another_term_opens_that_one(open_page, server):
    page = open_page("phone", has_touch=True, is_mobile=True)
    cut_points(page).tap()
    assert says_cut_point(page)
    page.locator("a.term", has_text="recency").first.tap()
    assert "recency" in bubble(page).inner_text()
    assert page.url == server.base + SAMPLE


# --- where it lies ---


@pytest.mark.parametrize("view", VIEWS)
def test_every_bubble_lies_inside_the_window_and_moves_nothing(open_page, view):
    page = open_page(view)
    page.evaluate(MOVED)
    height = page.evaluate("document.documentElement.scrollHeight")
    for link in page.locator("main a.term").all():
        if not link.is_visible():
            continue
        link.scroll_into_view_if_needed()
        link.focus()
        box = bubble(page).bounding_box()
        size = VIEWS[view]["viewport"]
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size["height"]
        assert page.evaluate(WIDE) == []
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.evaluate("window.moved") < 0.01


@pytest.mark.parametrize("view", AXE_VIEWS)
def test_axe_finds_nothing_with_a_bubble_open(open_page, axe, view):
    page = open_page(view)
    cut_points(page).focus()
    assert says_cut_point(page)
    assert axe(page, view, ".term-bubble") == []
    assert axe(page, view, "a.term[aria-describedby]") == []
