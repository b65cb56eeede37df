"""Using the site: searching, the theme, the keyboard, a phone, no JavaScript, no server."""

import pytest
from site_look import VIEWS
from site_pages import BOOK_PAGES, CHAPTERS, SAMPLE

HOME = BOOK_PAGES[0]


@pytest.fixture
def page(reader):
    return reader()


@pytest.fixture
def phone(reader):
    return reader(**VIEWS["phone"])


@pytest.fixture
def without_script(reader):
    return reader(**VIEWS["phone"], java_script_enabled=False)


def hits(page):
    page.wait_for_selector("#search-results li a")
    return page.locator("#search-results li a").evaluate_all("links => links.map(a => a.href)")


def test_search_finds_a_term(page, server):
    page.goto(server.base + HOME)
    page.keyboard.press("/")
    page.keyboard.type("whale curve")
    page.keyboard.press("Enter")
    found = hits(page)
    assert any("reference/glossary.html" in link for link in found)
    page.click("#search-results li a >> nth=0")
    page.wait_for_url(found[0])
    assert page.locator("h1").count() == 1


def test_search_on_a_phone_starts_in_the_contents(phone, server):
    phone.goto(server.base + HOME)
    assert not phone.locator(".masthead .find").is_visible()
    phone.click("button.open-contents")
    phone.fill(".contents .find input", "recency")
    phone.press(".contents .find input", "Enter")
    assert hits(phone)


def test_the_theme_is_the_readers_choice_and_stays(page, server):
    paper = "getComputedStyle(document.body).backgroundColor"
    page.goto(server.base + HOME)
    light = page.evaluate(paper)
    switch = page.get_by_role("button", name="Dark theme")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    dark = page.evaluate(paper)
    assert dark != light
    page.goto(server.base + BOOK_PAGES[1])
    assert page.evaluate(paper) == dark
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert page.evaluate(paper) == light


def test_the_keyboard_reaches_the_text_first(page, server):
    page.goto(server.base + BOOK_PAGES[1])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_stations_of_the_map_are_links_where_there_is_a_chapter(page, server, site):
    page.goto(server.base + HOME)
    wide = page.locator(".journey.wide")
    assert wide.get_by_role("listitem").count() == 5
    open_ = wide.locator("a")
    assert open_.count() == len(CHAPTERS)
    assert wide.get_by_text("in preparation").count() == 5 - len(CHAPTERS)
    open_.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(server.base + CHAPTERS[0])


def test_one_drawing_of_the_map_at_a_time(page, phone, server):
    for reader, shown, hidden in ((page, "wide", "tall"), (phone, "tall", "wide")):
        reader.goto(server.base + HOME)
        assert reader.locator(f".journey.{shown}").is_visible()
        assert not reader.locator(f".journey.{hidden}").is_visible()


def test_nothing_but_the_map_and_three_doors_above_the_fold(page, server):
    page.goto(server.base + HOME)
    assert page.locator(".doors li").count() == 3
    bottom = page.locator(".doors").bounding_box()
    assert bottom["y"] + bottom["height"] <= VIEWS["light"]["viewport"]["height"]
    assert page.locator("h2").first.bounding_box()["y"] >= VIEWS["light"]["viewport"]["height"]


def test_contents_and_folds_open_without_javascript(without_script, server):
    page = without_script
    page.goto(server.base + SAMPLE)
    page.click("button.open-contents")
    assert page.get_by_role("navigation", name="Contents of the book").is_visible()
    page.keyboard.press("Escape")
    folds = page.locator("main details:not([open])")
    assert folds.count() >= 3
    for fold in reversed(folds.all()):
        fold.locator("summary").first.click()
    assert folds.count() == 0


@pytest.mark.parametrize("lost", ["nowhere.html", "book/3-segmentation/deep/down/nothing.html"])
def test_a_lost_reader_is_led_back_from_any_depth(page, server, lost):
    answers = []
    page.on("response", lambda answer: answers.append(answer.status))
    page.goto(server.base + lost, wait_until="networkidle")
    assert answers == [404], "the page holds all it needs"
    assert page.locator("h1").is_visible()
    links = page.locator("a").evaluate_all("links => links.map(a => a.href)")
    assert server.base + HOME in links
    for link in links:
        assert page.request.get(link).status == 200, link


def test_search_works_from_a_usb_stick(page, site):
    """Opened as files, without any server."""
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(request.url))
    page.goto((site / "search.html").as_uri() + "?q=frequency", wait_until="networkidle")
    assert hits(page)
    assert troubles == []


def test_paper_gets_the_text_only(page, server):
    page.goto(server.base + BOOK_PAGES[1])
    page.emulate_media(media="print")
    assert not page.locator(".masthead").is_visible()
    assert not page.locator("nav.contents").is_visible()
    assert page.locator("h1").is_visible()


CODE = "details.code > .cell_input"


def test_code_is_open_where_there_is_room_and_folded_on_a_phone(page, phone, server):
    page.goto(server.base + SAMPLE)
    phone.goto(server.base + SAMPLE)
    assert page.locator(CODE).count() == phone.locator(CODE).count() >= 5
    assert page.locator(CODE).first.is_visible()
    assert not page.locator("details.code > summary").first.is_visible()
    assert phone.locator(f"{CODE}:visible").count() == 0
    phone.locator("details.code > summary").first.click()
    assert phone.locator(CODE).first.is_visible()
    phone.set_viewport_size({"width": 1000, "height": 800})
    assert phone.locator(CODE).last.is_visible()


def test_code_is_open_without_a_script(without_script, server):
    without_script.goto(server.base + SAMPLE)
    assert without_script.locator(CODE).first.is_visible()
