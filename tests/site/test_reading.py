"""Reading comforts: done marks, progress, minutes, paper, shared links.

What a comfort does is tested on one page; test_pages looks whether every other has it.
"""

import gzip
import re
from html import unescape
from types import SimpleNamespace

import pytest
from site_look import AXE_VIEWS, VIEWS
from site_pages import BOOK_PAGES, CHAPTERS, ROOT, SAMPLE, SITE_URL, WORKED

HOME = BOOK_PAGES[0]


def toggle(page):
    return page.get_by_role("checkbox", name="Mark this page as done")


def mark(page, server, *addresses):
    for address in addresses:
        page.goto(server.base + address)
        toggle(page).check()


# --- done marks ---


def test_a_page_is_marked_by_keyboard_and_stays_marked(reader, server):
    page = reader()
    page.goto(server.base + SAMPLE)
    assert not toggle(page).is_checked()
    assert page.get_by_text("Kept in this browser only.").is_visible()
    toggle(page).focus()
    page.keyboard.press("Space")
    page.reload()
    assert toggle(page).is_checked()
    here = page.locator(".contents a[aria-current=page]")
    assert here.inner_text().endswith("(done)")
    assert here.locator(".done-sign svg").is_visible()
    page.keyboard.press("Tab")
    toggle(page).focus()
    page.keyboard.press("Space")
    page.reload()
    assert not toggle(page).is_checked()
    assert page.locator(".done-sign").count() == 0


def test_only_worked_pages_can_be_done(site):
    for address in BOOK_PAGES:
        has = 'class="done"' in (site / address).read_text("utf-8")
        assert has == (address in WORKED), address


def test_the_marks_are_in_the_browsers_storage_and_nowhere_else(reader, server):
    page = reader()
    page.goto(server.base + WORKED[0], wait_until="networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    toggle(page).check()
    page.wait_for_timeout(200)
    assert asked == []
    assert page.context.cookies() == []
    kept = page.evaluate("({...localStorage})")
    assert kept == {"keyaccounts-done": f'["{WORKED[0].removesuffix(".html")}"]'}
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases()") == []
    toggle(page).uncheck()
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("address", CHAPTERS)
def test_the_chapter_and_the_map_show_them(reader, server, address):
    page = reader()
    folder = address.removesuffix("index.html")
    inside = [w for w in WORKED if w.startswith(folder)]
    leads = folder.removeprefix("book/") + "index.html"
    station = page.locator(f'.journey.wide .station a[href$="{leads}"]')
    mark(page, server, inside[0])
    page.goto(server.base + address)
    assert page.locator(".chapter-pages a .done-sign").count() == 1
    assert f"1 of {len(inside)} pages done" in page.locator(".takes-all").inner_text()
    assert page.locator(".contents a[aria-current] .done-sign").count() == 0
    page.goto(server.base + HOME)
    said = station.get_attribute("aria-label")
    assert said.endswith(f"1 of {len(inside)} pages done")
    assert "Segmentation" in said or folder != "book/3-segmentation/"
    assert station.locator(".pin text").text_content() == f"1/{len(inside)}"
    mark(page, server, *inside[1:])
    page.goto(server.base + address)
    assert page.locator(".chapter-pages a .done-sign").count() == len(inside)
    assert page.locator(".contents a[aria-current] .done-sign").count() == 1
    page.goto(server.base + HOME)
    assert station.locator(".pin.full path").is_visible()


def test_the_marks_can_be_forgotten(reader, server):
    page = reader()
    page.goto(server.base + HOME)
    assert not page.locator(".marks").is_visible(), "nothing to forget yet"
    mark(page, server, WORKED[0])
    page.goto(server.base + HOME)
    assert f"1 of {len(WORKED)} pages" in page.locator(".marks").inner_text()
    assert page.locator(".marks a").get_attribute("href").endswith(WORKED[1].split("/")[-1])
    button = page.get_by_role("button", name="Forget my marks")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("localStorage.length") == 0
    assert page.locator(".marks").inner_text().strip() == "Your marks are forgotten."
    assert page.evaluate("document.activeElement.className") == "marks", "focus is not lost"
    assert page.locator(".pin, .done-sign").count() == 0


def test_a_mark_reaches_another_tab(reader, server):
    first = reader()
    second = first.context.new_page()
    second.goto(server.base + HOME)
    mark(first, server, WORKED[0])
    second.locator(".journey.wide .pin").wait_for()


def test_spoiled_storage_harms_nothing(reader, server):
    page, troubles = reader(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(server.base + WORKED[0])
    for spoiled in ("{", "5", "null", '"x"', '{"a": 1}'):
        page.evaluate("value => localStorage.setItem('keyaccounts-done', value)", spoiled)
        page.reload()
        assert not toggle(page).is_checked()
    toggle(page).check()
    page.reload()
    assert toggle(page).is_checked()
    assert troubles == []


@pytest.mark.parametrize("view", AXE_VIEWS)
def test_axe_finds_nothing_with_marks(reader, server, axe, view):
    """Looked at where they stand; on a phone the contents are folded away."""
    page = reader(**VIEWS[view])
    mark(page, server, WORKED[0])
    assert axe(page, view, ".done") == []
    assert view == "phone" or axe(page, view, ".contents") == []
    page.goto(server.base + CHAPTERS[0])
    assert axe(page, view, ".chapter-pages") == []
    page.goto(server.base + HOME)
    assert axe(page, view, ".journey." + ("tall" if view == "phone" else "wide")) == []
    assert axe(page, view, ".marks") == []


def test_without_javascript_nothing_is_promised(reader, server):
    page = reader(java_script_enabled=False)
    page.goto(server.base + WORKED[0])
    assert not page.locator(".done").is_visible()
    page.goto(server.base + HOME)
    assert not page.locator(".marks").is_visible()


# --- progress and minutes ---


def length(page):
    page.wait_for_timeout(80)
    return page.locator(".progress").evaluate("e => new DOMMatrix(getComputedStyle(e).transform).a")


def test_the_line_grows_with_reading(reader, server):
    page = reader(**VIEWS["phone"])
    page.goto(server.base + SAMPLE)
    line = page.locator(".progress")
    assert line.get_attribute("aria-hidden") == "true"
    assert length(page) == 0
    jump = "part => scrollTo({top: part * document.body.scrollHeight, behavior: 'instant'})"
    page.evaluate(jump, 0.5)
    middle = length(page)
    assert 0.3 < middle < 0.7
    page.evaluate(jump, 1)
    assert length(page) == 1


def test_no_line_moves_for_who_wants_no_motion(reader, server):
    page = reader(reduced_motion="reduce")
    page.goto(server.base + WORKED[0])
    assert not page.locator(".progress").is_visible()


@pytest.mark.parametrize("address", CHAPTERS)
def test_a_chapter_takes_as_long_as_its_pages(reader, server, address):
    page = reader()
    page.goto(server.base + address)
    texts = page.locator(".chapter-pages .takes").all_inner_texts()
    each = [re.fullmatch(r"(\d+) \+ (\d+) minutes", text.strip()).groups() for text in texts]
    assert len(each) == page.locator(".chapter-pages > li").count()
    read, solve = (sum(map(int, column)) for column in zip(*each, strict=True))
    said = page.locator(".takes-all").inner_text()
    assert f"Together {read} minutes to read and play and {solve} for exercises" in said


# --- paper ---


def test_paper_is_white_whatever_the_theme(reader, server):
    page = reader(**VIEWS["dark"])
    for theme in ("", "dark"):
        page.goto(server.base + WORKED[0])
        page.evaluate("theme => theme && (document.documentElement.dataset.theme = theme)", theme)
        page.emulate_media(media="print", color_scheme="dark")
        style = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        assert page.locator("body").evaluate(style) == ["rgb(255, 255, 255)", "rgb(27, 42, 65)"]
        dark_words = "getComputedStyle(document.querySelector('figure.drawn svg text')).fill"
        assert page.evaluate(dark_words) in ("rgb(27, 42, 65)", "rgb(91, 102, 117)")
        page.emulate_media(media="screen")


def test_paper_shows_folds_but_no_solution_that_was_not_opened(reader, server):
    page = reader()
    page.goto(server.base + SAMPLE)
    page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend',"
        "'<details id=aside><summary>Aside</summary><p>Folded words</p></details>')"
    )
    solutions = page.locator("details.solution")
    solutions.first.locator("summary").click()
    page.emulate_media(media="print")
    assert page.get_by_text("Folded words").is_visible()
    visible = [s.is_visible() for s in solutions.all()]
    assert visible == [True] + [False] * (len(visible) - 1)
    for css in (".done", ".progress", ".take-away", ".on-page", ".masthead"):
        assert not page.locator(css).is_visible(), css
    # printing itself opens what only a script can open, and leaves the page as it was
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#aside").get_attribute("open") is not None
    assert [s.get_attribute("open") is not None for s in solutions.all()] == visible
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#aside").get_attribute("open") is None


def test_paper_writes_out_where_a_link_leads(reader, server):
    page = reader()
    page.goto(server.base + "book/reference/bibliography.html")
    page.emulate_media(media="print")
    link = page.locator('article a[href^="https://doi.org"]').first
    assert link.evaluate("a => getComputedStyle(a, '::after').content").count("https://doi.org")


# --- shared links ---


def tags(html):
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', html)
    assert len({name for name, _ in found}) == len(found)
    return {name: unescape(text) for name, text in found}


@pytest.mark.parametrize("address", [*BOOK_PAGES, "index.html"])
def test_a_shared_link_has_words_and_a_picture(site, address):
    said = tags((site / address).read_text("utf-8"))
    assert said["og:title"]
    assert 50 <= len(said["og:description"]) <= 160
    assert said["twitter:card"] == "summary_large_image"
    picture = said["og:image"]
    assert picture.startswith(SITE_URL + "_static/preview.png?v=")
    data = (site / "_static/preview.png").read_bytes()
    assert len(data) <= 40_000
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    size = [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)]
    assert size == [int(said["og:image:width"]), int(said["og:image:height"])] == [1200, 630]


def test_without_a_published_address_there_is_no_picture(monkeypatch):
    import jinja2

    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    import page_frame

    app = SimpleNamespace(config=SimpleNamespace(html_baseurl=""), srcdir=ROOT)
    template = (ROOT / "book/_templates/preview.html").read_text("utf-8")
    html = jinja2.Template(template).render(preview=page_frame.preview(app))
    assert tags(html) == {"twitter:card": "summary"}


# --- the reading column ---


def test_code_of_66_characters_fits_the_column(reader, server):
    page = reader()
    page.goto(server.base + SAMPLE)
    code = page.locator(".cell_input pre").first
    code.evaluate("pre => { pre.textContent = 'x'.repeat(66); }")
    for width in (1024, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert code.evaluate("pre => pre.scrollWidth - pre.clientWidth") <= 0
    page.set_viewport_size({"width": 320, "height": 800})
    assert code.evaluate("pre => pre.scrollWidth - pre.clientWidth") > 0, "it is measured"


def test_the_comforts_weigh_little():
    scripts = [ROOT / "book/_static" / name for name in ("terms.js", "reading.js")]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) <= 6 * 1024
