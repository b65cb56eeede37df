"""Explorers in a real browser: moved by keyboard, they change picture and numbers.

What they do is tested on one page; test_pages looks at the states of every other.
"""

import gzip
import json
import re

import pytest
from keyaccounts.widgets.explorer import OWN_KEYS
from site_look import VIEWS
from site_pages import ROOT, SAMPLE, WORKED
from site_states import file


@pytest.fixture
def page(reader):
    return reader(**VIEWS["phone"])


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


def test_its_code_is_folded_and_the_fold_is_called_what_it_says(page, server):
    page.goto(server.base + SAMPLE)
    cell = page.locator(".cell:has(.ka-explorer)").first
    fold = cell.locator("details", has=page.get_by_text("Show the code of this explorer"))
    assert not cell.locator(".highlight").first.is_visible()
    assert fold.locator("summary").get_attribute("aria-label") is None
    fold.locator("summary").click()
    assert "ka.widgets.explore(" in cell.locator(".highlight").first.inner_text()


def test_each_control_moved_by_keyboard_changes_what_is_shown(page, server):
    page.goto(server.base + SAMPLE)
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


def test_a_control_that_changes_nothing_is_off(browser):
    """Neither of the first two counts without the other; the third only where they do."""
    page = browser.new_page()
    shown = json.dumps([[text, "", ""] for text in "aaaaaabc"])
    states = f'explorerStates("n", {shown})'
    page.route("**/*", lambda route: route.fulfill(body=states, content_type="text/javascript"))
    select = "<label>One <select><option>none</option><option>some</option></select></label>"
    parts = "".join(f'<p class="ka-{name}"></p>' for name in ("finding", "figure", "numbers"))
    box = '<div class="ka-explorer" data-states="https://a.test/_explorers/s.js" data-name="n">'
    page.set_content(f'{box}<div class="ka-controls">{select * 3}</div>{parts}</div>')
    page.add_script_tag(path=ROOT / "book/_static/explorer.js")
    ready(page)
    controls = page.locator("select").all()
    for number, choice, off in (
        (0, "some", {2}),  # nor does the first, but it is being moved
        (1, "some", set()),
        (0, "none", {1, 2}),
        (0, "some", set()),
    ):
        controls[number].select_option(choice)
        assert {i for i, control in enumerate(controls) if control.is_disabled()} == off
    page.close()


def test_states_load_only_when_looked_at(page, server):
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "_explorers" in r.url else None)
    page.goto(server.base + SAMPLE)
    page.wait_for_load_state("networkidle")
    assert asked == []
    ready(page)
    assert 1 <= len(asked) == len(set(asked)) <= page.locator(".ka-explorer").count()


def test_it_reacts_at_once_and_nothing_on_the_page_jumps(page, server):
    """What a move shows is there before the event is over, in a box as high as before."""
    page.goto(server.base + SAMPLE)
    ready(page)
    moves = page.evaluate(
        """() => {
          const box = document.querySelector(".ka-explorer");
          const control = box.querySelector("input, select"), moves = [];
          const last = control.type === "range" ? control.max : control.options.length - 1;
          for (let i = 0; i <= last; i++) {
            if (control.type === "range") control.value = i; else control.selectedIndex = i;
            control.dispatchEvent(new Event("input", {bubbles: true}));
            moves.push([box.offsetHeight, box.querySelector(".ka-figure").innerHTML]);
          }
          return moves;
        }"""
    )
    assert len(moves) >= 3
    assert len({height for height, _ in moves}) == 1
    assert len({figure for _, figure in moves}) == len(moves)


@pytest.mark.parametrize("view", ["light", "dark"])
def test_axe_is_content_after_a_move(reader, server, axe, view):
    page = reader(**VIEWS[view])
    page.goto(server.base + SAMPLE)
    ready(page)
    move(page.locator(".ka-explorer").first.locator("input, select").first, "last")
    assert axe(page, view, ".ka-explorer") == []


def test_states_of_a_page_stay_within_their_budget(site):
    for page in WORKED:
        html = (site / page).read_text("utf8")
        names = set(re.findall(r'data-states="(?:\.\./)*_explorers/(\w+)\.js"', html))
        assert names, page
        weights = [len(gzip.compress(file(site, name).read_bytes())) for name in names]
        assert sum(weights) <= 600_000
    for asset in ("explorer.js", "explorer.css"):
        assert len((ROOT / "book" / "_static" / asset).read_bytes()) <= 20_000


def test_without_javascript_the_first_state_stands_and_says_so(reader, server):
    page = reader(java_script_enabled=False)
    page.goto(server.base + SAMPLE)
    first = page.locator(".ka-explorer").first
    assert first.locator("svg").is_visible()
    assert "The controls need JavaScript" in first.locator("noscript").text_content()


def test_in_a_notebook_the_controls_keep_their_keys(browser):
    page = browser.new_page()
    control = '<div tabindex="0" id="{0}"></div>'.format
    page.set_content(f'<div class="ka-movers">{control("slider")}</div>{control("cell")}{OWN_KEYS}')
    for name, kept in (("slider", "true"), ("cell", None)):
        page.locator(f"#{name}").focus()
        # the attribute by which JupyterLab (Lumino) leaves the keys to the element with the focus
        assert page.locator(f"#{name}").get_attribute("data-lm-suppress-shortcuts") == kept
    page.close()
