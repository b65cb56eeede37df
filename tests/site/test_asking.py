"""Self-checks in a browser: every kind answered right and wrong by keyboard; and on paper."""

import json
import re

import keyaccounts as ka
import pytest
from site_look import AXE_VIEWS, OPEN_ALL, VIEWS, WIDE
from site_pages import BOOK, NOTEBOOKS, SAMPLE, cells
from site_server import Server

QUESTIONS = """
[[question]]
id = "one"
kind = "single"
ask = "Which of them spends more?"
options = [
  { text = "The first.", right = false, feedback = "It tempts." },
  { text = "The second.", right = true, feedback = "It spends `40 < 50`." },
]

[[question]]
id = "many"
kind = "several"
ask = "Which of these are costs of serving an account?"
options = [
  { text = "Visits.", right = true, feedback = "Someone drives there." },
  { text = "Revenue.", right = false, feedback = "It comes in." },
  { text = "Rush orders.", right = true, feedback = "Someone works late." },
]

[[question]]
id = "truth"
kind = "true-false"
ask = "Everybody likes letters."
answer = false
if_true = "You may."
if_false = "Some do not."

[[question]]
id = "number"
kind = "numeric"
ask = "How many percent of 1,500 are 1,005?"
value = 67
tolerance = 0.5
unit = "%"
feedback = "1,005 of 1,500."
wrong = "Divide the part by the whole."
mistakes = [{ value = 149, tolerance = 1, feedback = "Upside down." }]

[[question]]
id = "line"
kind = "order"
ask = "In which order do you get to know an account?"
items = [
  { text = "Read about it.", feedback = "Before anybody is called." },
  { text = "Call.", feedback = "Once you know what to ask." },
  { text = "Visit.", feedback = "When they said yes." },
]
feedback = "From afar to close by."

[[question]]
id = "drawers"
kind = "classify"
ask = "Which kind of question is it?"
categories = ["situation", "problem", "implication", "need-payoff"]
items = [
  { text = "How many trucks?", category = "situation", feedback = "It asks for a fact." },
  { text = "And if late?", category = "implication", feedback = "It asks on.", wrong = WRONG },
]

[[question]]
id = "open"
kind = "single"
discuss = true
ask = "Is it right to drop an account?"
options = [
  { text = "Yes.", right = true, feedback = "If all else was tried." },
  { text = "No.", right = false, feedback = "Loyalty has a worth, too." },
]
""".replace("WRONG", '{ "problem" = "The problem is known by now." }')
SHELL = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Questions</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="course.css"><link rel="stylesheet" href="self_check.css">
<script defer src="course.js"></script><script defer src="self_check.js"></script></head>
<body><div class="sheet"><main><h1>Questions</h1><div class="cell_output">{form}</div></main></div>
</body></html>"""
# What a notebook does: markup into an element of its own, its scripts made anew, then shown.
NOTEBOOK = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title>
<link rel="icon" href="data:,"></head><body data-jp-theme-light="{light}">
<main><h1>Notebook</h1></main>
<script>
for (let run = 0; run < 2; run++) {{
  const host = document.createElement("div");
  host.innerHTML = {form};
  for (const old of host.querySelectorAll("script")) {{
    const script = document.createElement("script");
    for (const {{ name, value }} of old.attributes) script.setAttribute(name, value);
    script.textContent = old.textContent;
    old.replaceWith(script);
  }}
  document.querySelector("main").append(host);
}}
</script></body></html>"""
ASKING = [
    name
    for name in NOTEBOOKS
    if any("widgets.self_check(" in "".join(cell["source"]) for cell in cells(name))
]


@pytest.fixture(scope="module")
def place(site, tmp_path_factory):
    """A page with every kind of question, in the site's look, and two as a notebook shows it."""
    folder = tmp_path_factory.mktemp("questions")
    for name in ("course.css", "course.js", "self_check.css", "self_check.js"):
        (folder / name).write_bytes((site / "_static" / name).read_bytes())
    form = ka.widgets.self_check(QUESTIONS)._repr_html_()
    light = re.sub(r"<(style|script) data-ka-check>.*?</\1>", "", form, flags=re.S)
    (folder / "page.html").write_text(SHELL.format(form=light), "utf-8")
    text = json.dumps(form).replace("</", "<\\/")
    for name in ("true", "false"):
        written = NOTEBOOK.format(light=name, form=text)
        (folder / f"notebook-{name}.html").write_text(written, "utf-8")
    with Server(folder, "/") as running:
        yield running.base


class Asked:
    """A page with questions, used by keyboard alone."""

    def __init__(self, page):
        self.page, self.troubles = page, []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.troubles.append(m.text))

    def open(self, address):
        self.page.goto(address)
        # to tell live regions that were there before from those that came with their text
        self.page.evaluate("document.querySelectorAll('[role=status]').forEach(e => e.old = true)")
        return self

    def group(self, number):
        return self.page.locator("fieldset").nth(number)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, control):
        """Go there by Tab."""
        for _ in range(90):
            if control.evaluate("e => e === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError("Tab does not lead there")

    def use(self, control, *keys):
        self.reach(control)
        self.press(*keys)

    def button(self, number, name):
        return self.group(number).get_by_role("button", name=name, exact=True)

    def said(self, number):
        """What the live regions of a question say; they were there before."""
        regions = self.group(number).get_by_role("status")
        assert regions.evaluate_all("all => all.every(e => e.old)")
        return " ".join(" ".join(regions.all_inner_texts()).split())

    @property
    def score(self):
        return self.page.locator(".ka-score").inner_text()

    @property
    def progress(self):
        return self.page.locator(".ka-progress").inner_text()


@pytest.fixture
def asked(reader, place):
    found = Asked(reader()).open(f"{place}page.html")
    yield found
    assert found.troubles == []


def single(asked, number=0):
    return asked.group(number).get_by_role("radio")


def test_single_choice(asked):
    options = single(asked)
    asked.use(options.nth(0), "Space")
    assert asked.said(0) == "✗ Not this. It tempts."
    asked.press("ArrowDown")
    assert asked.said(0) == "✓ Right. It spends 40 < 50."
    asked.press("ArrowDown")
    assert asked.said(0) == "→ The answer: The second. It spends 40 < 50."
    assert asked.progress == "1 of 7 answered"


def test_several_choices(asked):
    boxes = asked.group(1).get_by_role("checkbox")
    asked.use(boxes.nth(0), "Space")
    assert asked.said(1) == "✓ Right. Someone drives there. 1 more to find."
    asked.use(boxes.nth(1), "Space")
    assert asked.said(1).endswith("✗ Not this. It comes in. 1 more to find, 1 to take back.")
    asked.press("Space")
    asked.use(boxes.nth(2), "Space")
    assert asked.said(1).endswith("✓ Right. Someone works late. That is all of them.")
    asked.use(asked.button(1, "Not sure"), "Enter")
    assert asked.said(1) == (
        "→ The answer: Visits. Someone drives there. Rush orders. Someone works late."
    )
    asked.page.keyboard.press("Shift+Tab")
    asked.press("Space")
    assert asked.said(1) == "✓ Right. Someone drives there. 1 more to find."
    asked.page.keyboard.press("Shift+Tab")
    asked.page.keyboard.press("Shift+Tab")
    asked.press("Space")
    assert asked.said(1) == ""
    assert asked.progress == "0 of 7 answered"


def test_true_or_false(asked):
    asked.use(single(asked, 2).nth(0), "Space")
    assert asked.said(2) == "✗ Not this. You may."
    asked.press("ArrowDown")
    assert asked.said(2) == "✓ Right. Some do not."
    asked.press("ArrowDown")
    assert asked.said(2) == "→ The answer: False. Some do not."


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("67", "✓ Right. 1,005 of 1,500."),
        ("67.5 %", "✓ Right."),
        ("66,6", "✓ Right."),
        ("149.5", "✗ Not this. Upside down."),
        ("1,005", "✗ Not this. Divide the part by the whole."),
        ("−67", "✗ Not this. Divide"),
        ("0.67", "✗ Not this. Divide"),
        ("two thirds", "Write a number, such as 12.5."),
        ("", "Write a number"),
    ],
)
def test_a_number(asked, typed, says):
    field = asked.group(3).get_by_label("Your answer, in %")
    asked.reach(field)
    asked.page.keyboard.type(typed)
    asked.press("Enter")
    assert asked.said(3).startswith(says)
    assert (field.get_attribute("aria-invalid") == "true") == says.startswith("Write")
    assert asked.page.url.endswith("page.html"), "Enter sends nothing"
    asked.use(asked.button(3, "Check"), "Enter")
    assert asked.said(3).startswith(says)
    asked.use(asked.button(3, "Not sure"), "Space")
    assert asked.said(3) == "→ The answer: 67 % (or up to 0.5 more or less). 1,005 of 1,500."


def test_an_order(asked):
    group = asked.group(4)
    rows = group.locator(".ka-order > li")

    def focused():
        return asked.page.evaluate("document.activeElement.ariaLabel")

    assert rows.locator(".ka-text").all_inner_texts() == ["Call.", "Read about it.", "Visit."]
    asked.use(asked.button(4, "Check the order"), "Enter")
    assert asked.said(4).startswith("✗ Not yet. 1 of 3 in the right place.")
    assert "Call. Once you know what to ask." in asked.said(4)
    assert "Visit" not in asked.said(4)
    asked.use(asked.button(4, "Move up: Read about it."), "Enter")
    assert rows.locator(".ka-text").all_inner_texts() == ["Read about it.", "Call.", "Visit."]
    assert asked.said(4) == "Read about it. Now 1 of 3."
    assert focused() == "Move down: Read about it.", "the other button has nowhere to go"
    asked.press("Enter")
    assert asked.said(4) == "Read about it. Now 2 of 3."
    asked.use(group.get_by_label("Place of: Read about it."), "ArrowUp")
    assert asked.said(4) == "Read about it. Now 1 of 3."
    assert focused() == "Place of: Read about it."
    assert asked.progress == "0 of 7 answered", "an order counts once it is checked"
    asked.use(asked.button(4, "Check the order"), "Space")
    assert asked.said(4) == "✓ Right. From afar to close by."
    asked.use(asked.button(4, "Not sure"), "Space")
    assert asked.said(4).startswith("→ The answer: Read about it. Call. Visit. From afar")


def test_to_classify(asked):
    selects = asked.group(5).get_by_role("combobox")
    asked.use(selects.nth(0), "s")
    assert asked.said(5) == "✓ Right. It asks for a fact."
    asked.use(selects.nth(1), "ArrowDown", "ArrowDown")
    assert asked.said(5).endswith("✗ Not this. The problem is known by now.")
    assert asked.progress == "1 of 7 answered"
    asked.press("ArrowUp")
    assert asked.said(5).endswith("✗ Not this. It asks on.")
    asked.press("ArrowDown", "ArrowDown")
    assert asked.said(5).endswith("✓ Right. It asks on.")
    asked.press("End")
    assert asked.said(5).endswith("→ The answer: implication. It asks on.")
    asked.press("Home")
    assert asked.said(5) == "✓ Right. It asks for a fact."
    assert asked.progress == "0 of 7 answered"


def test_a_question_for_discussion_is_explained_and_not_scored(asked):
    assert "For discussion: not scored." in asked.group(6).inner_text()
    asked.use(single(asked, 6).nth(0), "Space", "ArrowDown")
    assert asked.said(6) == "✗ We see it differently. Loyalty has a worth, too."
    asked.press("ArrowUp")
    assert asked.said(6) == "✓ We say so, too. If all else was tried."


def answer_all(asked):
    """All right, but for one wrong and one not sure."""
    asked.use(single(asked).nth(0), "Space")
    asked.use(asked.group(1).get_by_role("checkbox").nth(0), "Space")
    asked.use(asked.group(1).get_by_role("checkbox").nth(2), "Space")
    asked.use(single(asked, 2).nth(0), "Space", "ArrowDown")
    asked.reach(asked.group(3).get_by_role("textbox"))
    asked.page.keyboard.type("67")
    asked.press("Enter")
    asked.use(asked.button(4, "Not sure"), "Space")
    asked.use(asked.group(5).get_by_role("combobox").nth(0), "s")
    asked.use(asked.group(5).get_by_role("combobox").nth(1), "i")
    assert asked.progress == "6 of 7 answered"
    assert asked.score == ""
    asked.use(single(asked, 6).nth(0), "Space")


def test_the_score_at_the_end_and_starting_again(asked):
    answer_all(asked)
    assert asked.score == ("All answered: 4 of 6 right; 1 not sure; 1 for discussion, not scored.")
    asked.use(single(asked).nth(0), "ArrowDown")  # a second thought counts
    assert asked.score.startswith("All answered: 5 of 6 right; 1 not sure;")
    again = asked.page.get_by_role("button", name="Start again")
    asked.use(again, "Enter")
    asked.page.wait_for_function("document.querySelector('.ka-score').innerText[0] === 'C'")
    assert asked.score == "Cleared. Nothing was kept."
    assert asked.progress == "0 of 7 answered"
    assert [asked.said(number) for number in range(7)] == [""] * 7
    assert asked.page.locator("[data-verdict], :checked:is(input)").count() == 0
    assert asked.group(3).get_by_role("textbox").input_value() == ""
    assert asked.group(4).locator(".ka-text").first.inner_text() == "Call."
    answer_all(asked)
    assert asked.score.startswith("All answered: 4 of 6 right")
    stored = asked.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert stored == [0, 0, ""]
    asked.page.reload()
    assert asked.progress == "0 of 7 answered"


@pytest.mark.parametrize("view", VIEWS)
def test_opened_and_answered_it_is_accessible_and_fits(reader, place, axe, view):
    asked = Asked(reader(**VIEWS[view])).open(f"{place}page.html")
    answer_all(asked)
    asked.use(asked.button(4, "Check the order"), "Space")
    asked.page.evaluate(OPEN_ALL)
    assert asked.page.evaluate(WIDE) == []
    if view in AXE_VIEWS:
        assert axe(asked.page, view) == []
    small = """() => [...document.querySelectorAll("form :is(button, select, .ka-option)")]
      .filter(e => e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"""
    assert asked.page.evaluate(small) == []
    assert asked.troubles == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_a_notebook(reader, place, axe, theme):
    """Two runs of a cell: each form has its own answers, and is read in the notebook's theme."""
    page = reader()
    asked = Asked(page).open(f"{place}notebook-{str(theme == 'light').lower()}.html")
    forms = page.locator("form.ka-check[data-ready]")
    assert forms.count() == 2
    forms.nth(0).get_by_role("radio", name="The second.").press("Space")
    assert forms.nth(0).locator(".ka-progress").inner_text() == "1 of 7 answered"
    assert forms.nth(1).locator(".ka-progress").inner_text() == "0 of 7 answered"
    forms.nth(1).get_by_role("radio", name="The first.").press("Space")
    assert "Not this." in forms.nth(1).locator(".ka-said").first.inner_text()
    assert "Right." in forms.nth(0).locator(".ka-said").first.inner_text()
    paper = forms.first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == {"light": "rgb(252, 252, 250)", "dark": "rgb(18, 22, 28)"}[theme]
    page.evaluate(OPEN_ALL)
    found = [v for v in axe(page, theme) if not v.startswith("landmark-unique")]  # two of one
    assert found == []
    assert asked.troubles == []


def test_on_paper_the_answers_stand_at_the_end(asked):
    answers = asked.page.locator(".ka-answers > ol")
    assert not answers.is_visible()
    asked.use(single(asked).nth(0), "Space")
    asked.page.emulate_media(media="print")
    assert answers.is_visible()
    assert "The second. It spends 40 < 50." in answers.inner_text()
    assert asked.group(5).locator(".ka-text").first.is_visible()
    assert not asked.page.locator(".ka-without").is_visible()
    assert [b for b in asked.page.locator("form button").all() if b.is_visible()] == []
    assert [s for s in asked.page.locator(".ka-said").all() if s.is_visible()] == []
    last = asked.group(6).bounding_box()
    assert answers.bounding_box()["y"] > last["y"] + last["height"]


def test_without_javascript_the_answers_can_be_opened(reader, place):
    page = reader(**VIEWS["phone"], java_script_enabled=False)
    page.goto(f"{place}page.html")
    assert page.locator("legend").count() == 7
    assert page.get_by_text("Nothing here answers without JavaScript").is_visible()
    assert [b for b in page.locator("form button").all() if b.is_visible()] == []
    page.get_by_role("textbox").fill("67")
    page.get_by_role("textbox").press("Enter")
    assert page.url.endswith("page.html"), "a form sends nothing"
    page.locator("summary").click()
    assert page.get_by_text("It spends 40 < 50.").is_visible()


# --- the pages of the book ---


def test_the_book_asks():
    assert len(ASKING) >= 2


@pytest.mark.parametrize("name", ASKING)
def test_a_page_shows_questions_and_not_their_code(site, name):
    html = (site / f"{name}.html").read_text("utf-8")
    assert html.count('<form class="ka-check"') == 1
    assert "widgets.self_check" not in re.sub(r"<[^>]+>", "", html)
    assert "data-ka-check" not in html, "style and script are files of the site"
    assert len(re.findall(r'_static/self_check\.(?:css|js)\?v=\w{8}"', html)) == 2


def test_pages_without_questions_load_nothing_for_them(site):
    for name in set(BOOK) - set(ASKING):
        assert (
            "self_check." not in (site / f"{name}.html").read_text("utf-8").partition("</head>")[0]
        )


@pytest.mark.parametrize("view", ["light", "dark"])
def test_a_page_answers(reader, server, axe, view):
    """Not sure of anything: every answer is given, none is blamed; then all of it is looked at."""
    page = reader(**VIEWS[view])
    asked = Asked(page).open(server.base + SAMPLE)
    groups = page.locator("form.ka-check fieldset")
    for group in groups.all():
        for unsure in (
            *group.get_by_role("radio", name="Not sure").all(),
            *group.get_by_role("button", name="Not sure").all(),
        ):
            unsure.press("Space")
        for select in group.locator(".ka-classify select").all():
            select.select_option(label="Not sure")
        assert "The answer:" in group.inner_text()
    assert asked.score == f"All answered: 0 of {groups.count()} right; {groups.count()} not sure."
    page.evaluate(OPEN_ALL)
    assert axe(page, view, "form.ka-check") == []
    assert asked.troubles == []
