"""Explorers in a real browser: moved by keyboard, they change picture and numbers."""

import gzip
import re

import pytest
from keyaccounts.widgets.explorer import OWN_KEYS
from site_pages import ROOT

PAGES = [
    path.relative_to(ROOT).with_suffix(".html").as_posix()
    for path in sorted(ROOT.glob("book/[1-9]-*/*.ipynb"))
    if re.search(r"ka\.widgets\.(\w+_)?explore", path.read_text("utf8"))
]
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


def move(control, end):
    """Move a control to its first or last value as a reader without a mouse does."""
    control.focus()
    control.press("Home" if end == "first" else "End")


def test_every_page_of_a_chapter_has_one():
    assert len(PAGES) == len([*ROOT.glob("book/[1-9]-*/*.ipynb")]) > 0


@explorers
def test_each_control_moved_by_keyboard_changes_what_is_shown(page, server, name):
    page.goto(server.base + name)
    ready(page)
    controls = page.locator(".ka-explorer").first.locator("input, select").all()
    for control in controls:  # at their first values some switch the others off
        move(control, "last")
    for control in controls:
        move(control, "first")
        first, said = seen(page), control.get_attribute("aria-valuetext")
        move(control, "last")
        assert seen(page)[1:] != first[1:], control.evaluate("c => c.parentNode.textContent")
        if control.get_attribute("type") == "range":
            assert control.get_attribute("aria-valuetext") != said
        last = seen(page)
        move(control, "first")
        assert seen(page) == first
        move(control, "last")
        assert seen(page) == last


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
          const control = box.querySelector("input, select"), times = [], heights = new Set();
          const last = control.type === "range" ? control.max : control.options.length - 1;
          for (let i = 0; i <= last; i++) {
            if (control.type === "range") control.value = i; else control.selectedIndex = i;
            const start = performance.now();
            control.dispatchEvent(new Event("input", {bubbles: true}));
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
        move(page.locator(".ka-explorer").first.locator("input, select").first, "last")
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
    page.goto(server.base + PAGES[0])
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
