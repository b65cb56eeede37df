"""Explorers in a real browser: moved by keyboard, they change picture and numbers."""

import gzip
import re

import pytest
from keyaccounts.widgets.explorer import OWN_KEYS
from site_pages import ROOT

# Of each page, its first explorer: a control to slide and one to choose from.
PAGES = {
    "book/3-segmentation/rfm.html": ("Bins", "Scored on"),
    "book/3-segmentation/who-carries-the-business.html": ("For the worst", "What you do"),
}
explorers = pytest.mark.parametrize("name", PAGES)


@pytest.fixture
def page(browser, server):
    context = browser.new_context(viewport={"width": 375, "height": 812})
    yield context.new_page()
    context.close()


def seen(page):
    box = page.locator(".ka-explorer").first
    return (
        box.locator(".ka-finding").inner_text(),
        box.locator(".ka-figure").inner_html(),
        box.locator(".ka-numbers").inner_text(),
    )


def ready(page):
    page.locator(".ka-explorer").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('script[src*=_explorers]')")
    page.wait_for_function("!document.querySelector('.ka-explorer[aria-busy]')")


@explorers
def test_a_slider_moved_by_keyboard_changes_picture_numbers_and_what_is_said(page, server, name):
    page.goto(server.base + name)
    ready(page)
    before = seen(page)
    slider = page.get_by_role("slider", name=PAGES[name][0])
    spoken = slider.get_attribute("aria-valuetext")
    slider.focus()
    page.keyboard.press("ArrowRight")
    after = seen(page)
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert slider.get_attribute("aria-valuetext") != spoken
    page.keyboard.press("ArrowLeft")
    back = seen(page)
    assert (back[0], back[2]) == (before[0], before[2])


@explorers
def test_a_choice_changes_them_too(page, server, name):
    page.goto(server.base + name)
    ready(page)
    slider = page.get_by_role("slider", name=PAGES[name][0])
    slider.focus()
    page.keyboard.press("End")
    before = seen(page)
    page.get_by_role("combobox", name=PAGES[name][1]).select_option(index=0)
    assert seen(page)[2] != before[2]


@explorers
def test_states_load_only_when_looked_at(page, server, name):
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "_explorers" in r.url else None)
    page.goto(server.base + name)
    page.wait_for_load_state("networkidle")
    assert asked == []
    ready(page)
    assert 1 <= len(asked) == len(set(asked)) <= page.locator(".ka-explorer").count()


@explorers
def test_it_reacts_at_once_and_nothing_on_the_page_jumps(page, server, name):
    page.goto(server.base + name)
    ready(page)
    slowest, heights = page.evaluate(
        """() => {
          const box = document.querySelector(".ka-explorer");
          const slider = box.querySelector("input"), times = [], heights = new Set();
          for (let i = 0; i <= slider.max; i++) {
            slider.value = i;
            const start = performance.now();
            slider.dispatchEvent(new Event("input", {bubbles: true}));
            heights.add(box.offsetHeight);
            times.push(performance.now() - start);
          }
          return [Math.max(...times), [...heights]];
        }"""
    )
    assert slowest <= 50
    assert len(heights) == 1


@explorers
def test_axe_is_content_after_a_move_in_both_themes(browser, server, name):
    import axe_playwright_python
    from site_look import AXE

    script = axe_playwright_python.__path__[0] + "/axe.min.js"
    for theme in ("light", "dark"):
        context = browser.new_context(color_scheme=theme)
        page = context.new_page()
        page.goto(server.base + name)
        ready(page)
        page.get_by_role("slider", name=PAGES[name][0]).press("End")
        page.add_script_tag(path=script)
        assert page.evaluate(AXE) == []
        context.close()


def test_all_states_of_a_page_stay_within_their_budget(site):
    for name in PAGES:
        files = set(
            re.findall(
                r'data-states="(?:\.\./)*(_explorers/\w+\.js)"', (site / name).read_text("utf8")
            )
        )
        assert files
        assert sum(len(gzip.compress((site / file).read_bytes())) for file in files) <= 600_000
    for asset in ("explorer.js", "explorer.css"):
        assert len((ROOT / "book" / "_static" / asset).read_bytes()) <= 20_000


def test_without_javascript_the_first_state_stands_and_says_so(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.base + next(iter(PAGES)))
    first = page.locator(".ka-explorer").first
    assert first.locator("svg").is_visible()
    assert "The controls need JavaScript" in first.locator("noscript").text_content()
    context.close()


def test_in_a_notebook_the_controls_keep_their_keys(browser):
    page = browser.new_page()
    control = '<div tabindex="0" id="{0}"></div>'.format
    page.set_content(f'<div class="ka-movers">{control("slider")}</div>{control("cell")}{OWN_KEYS}')
    for name, kept in (("slider", "true"), ("cell", None)):
        page.locator(f"#{name}").focus()
        # the attribute by which JupyterLab (Lumino) leaves the keys to the element with the focus
        assert page.locator(f"#{name}").get_attribute("data-lm-suppress-shortcuts") == kept
    page.close()
