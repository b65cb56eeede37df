"""Questions keep their form or are refused with the reason; the form is plain, safe HTML."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import keyaccounts as ka
import pytest
from keyaccounts.widgets.self_check import asset

EVERY_KIND = """
[[question]]
id = "one"
kind = "single"
ask = "Which?"
options = [
  { text = "this", right = true, feedback = "Because." },
  { text = "that", right = false, feedback = "Tempting." },
]

[[question]]
id = "many"
kind = "several"
ask = "Which of these?"
options = [
  { text = "this", right = true, feedback = "Because." },
  { text = "that", right = true, feedback = "Because, too." },
  { text = "neither", right = false, feedback = "Tempting." },
]

[[question]]
id = "truth"
kind = "true-false"
ask = "Is it so?"
answer = false
if_true = "It looks so."
if_false = "It is not so."

[[question]]
id = "number"
kind = "numeric"
ask = "How much?"
value = 1250.5
tolerance = 0.5
unit = "%"
feedback = "As computed."
wrong = "Compute again."
mistakes = [{ value = -3, tolerance = 1, feedback = "The sign." }]

[[question]]
id = "line"
kind = "order"
ask = "In which order?"
items = [
  { text = "wake", feedback = "It begins the day." },
  { text = "eat", feedback = "After waking." },
]
feedback = "One wakes before one eats."

[[question]]
id = "drawers"
kind = "classify"
ask = "Which is which?"
discuss = true
categories = ["fruit", "stone"]
items = [
  { text = "apple", category = "fruit", feedback = "It grows.", wrong = { "stone" = "Hard." } },
  { text = "flint", category = "stone", feedback = "It does not grow." },
]
"""
KINDS = ["single", "several", "true-false", "numeric", "order", "classify"]


class Reader(HTMLParser):
    """What a screen reader would find: controls, whether each has a name, and open elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.unnamed: list[str] = []
        self.controls: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("input", "select", "button"):
            self.controls.append((tag, found))
            named = "label" in self.open or found.get("aria-label") or tag == "button"
            if not named:
                self.unnamed.append(self.get_starttag_text() or tag)
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def html(toml: str = EVERY_KIND) -> str:
    return ka.widgets.self_check(toml)._repr_html_()


def data(text: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/json">(.*?)</script>', text, re.S)
    assert found
    return json.loads(found[1])


# --- the form ---


def test_every_kind_is_read_in_order() -> None:
    check = ka.widgets.self_check(EVERY_KIND)
    assert [q.kind for q in check.questions] == KINDS
    assert [q.discuss for q in check.questions] == [False] * 5 + [True]
    assert repr(check) == f"Self-check of 6 questions: {', '.join(KINDS)}"


def test_a_file_is_read_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "page.toml").write_text(EVERY_KIND, "utf8")
    monkeypatch.chdir(tmp_path)
    check = ka.widgets.self_check("questions/page.toml")
    assert check.name == "page.toml"
    assert check == ka.widgets.self_check(tmp_path / "questions" / "page.toml")
    assert check._repr_html_() == html()


def test_the_output_is_the_same_every_time() -> None:
    assert html() == html()


def test_every_control_has_a_name_and_every_element_ends() -> None:
    reader = Reader(html())
    assert reader.unnamed == []
    assert reader.open == []
    assert len(reader.controls) > 20


def test_each_question_is_a_group_with_its_question_as_legend() -> None:
    text = html()
    assert text.count("<fieldset ") == 6
    assert re.findall(r"<legend>(.*?)</legend>", text)[:2] == ["1. Which?", "2. Which of these?"]
    assert text.count('role="status"') == 1 + 5 + 2, "the score, each question, each item to place"


def test_names_of_fields_are_unique_to_their_question() -> None:
    names = re.findall(r'<input type="radio" name="(q\d+)"', html())
    assert names == ["q1"] * 3 + ["q3"] * 3


def test_what_needs_the_script_is_hidden_without_it() -> None:
    for tag, attributes in Reader(html()).controls:
        assert tag != "button" or "hidden" in attributes or "data-move" in attributes
    assert html().count('<span class="ka-moves" hidden>') == 2


def test_items_to_order_never_start_in_the_right_order() -> None:
    def order(*texts: str) -> list[int]:
        items = ",".join(f'{{ text = "{t}", feedback = "x" }}' for t in texts)
        text = html(f'[[question]]\nid="o"\nkind="order"\nask="?"\nitems=[{items}]\nfeedback="f"')
        return [int(i) for i in re.findall(r'data-item="(\d)"', text)]

    assert order("b", "c", "a") == [2, 0, 1], "by the alphabet"
    assert order("a", "b", "c") == [2, 1, 0], "turned around, since the alphabet is the answer"


def test_answers_stand_at_the_end_for_paper_and_without_script() -> None:
    answers = html().split("<summary>Answers</summary>")[1]
    for said in ("<b>this</b> Because.", "<b>1,250.5 %</b> (or up to 0.5 more or less)", "Not −3."):
        assert said in answers
    assert answers.index("<li>wake</li>") < answers.index("<li>eat</li>")
    assert "flint → <b>stone.</b> It does not grow." in answers


def test_a_numeric_question_may_do_without_unit_tolerance_and_mistakes() -> None:
    text = html('[[question]]\nid="n"\nkind="numeric"\nask="?"\nvalue=2\nfeedback="f"\nwrong="w"')
    assert ">Your answer <input" in text
    assert "<b>2</b>. f" in text
    assert data(text)[0]["mistakes"] == []


def test_a_question_may_have_only_right_options() -> None:
    text = html(EVERY_KIND.replace('"neither", right = false', '"neither", right = true'))
    assert text.count("Why not:") == 2


def test_questions_cannot_leave_their_place() -> None:
    evil = """</script><img src=x onerror='alert("1")'> & `a < b`"""
    toml = f"""
[[question]]
id = "e"
kind = "classify"
ask = '''{evil}'''
categories = ['''{evil}''', "b"]
items = [
  {{ text = '''{evil}''', category = "b", feedback = '''{evil}''' }},
  {{ text = "b", category = "b", feedback = "x" }},
]
[[question]]
id = "o"
kind = "order"
ask = "?"
items = [ {{ text = '''{evil}''', feedback = "x" }}, {{ text = "b", feedback = "x" }} ]
feedback = "x"
"""
    text = html(toml)
    assert "<img" not in text
    assert text.count("</script>") == 2, "the data and the code"
    assert "<code>a &lt; b</code>" in text
    reader = Reader(text)
    assert reader.open == []
    labels = [a.get("aria-label") or "" for tag, a in reader.controls if tag == "select"]
    assert f"Place of: {evil.replace('`', '')}" in labels
    assert "&lt;/script&gt;" in data(text)[0]["items"][0]["says"]


def test_style_and_script_stand_once_and_can_be_taken_out() -> None:
    text = html()
    assert text.startswith("<style data-ka-check>\n")
    assert asset("self_check.css") in text
    assert asset("self_check.js") in text
    assert "</style" not in asset("self_check.css")
    assert "</script" not in asset("self_check.js")


@pytest.mark.parametrize("name", ["self_check.css", "self_check.js"])
def test_nothing_leaves_the_page_and_nothing_is_kept(name: str) -> None:
    assert not re.search(r"https?:|fetch|XMLHttp|localStorage|sessionStorage|cookie", asset(name))


# --- what is refused ---

BROKEN = [
    ('kind = "single"', 'kind = "essay"', r"question 1 \(one\): the kind 'essay' is unknown; use"),
    ('kind = "single"', "kind = [1]", r"the kind \[1\] is unknown"),
    ('id = "one"\n', "", "question 1: 'id' is missing; add it"),
    ('id = "one"', 'id = "many"', "question 2: the id 'many' is used twice; give"),
    ('ask = "Which?"', 'asked = "Which?"', "'ask' is missing; add it"),
    ('ask = "Which?"', 'ask = " "', "'ask' must be text in quotes, not ' '"),
    ('ask = "Which?"', 'ask = "Which?"\nhint = "x"', "'hint' is unknown; take it out, or use"),
    ('"this", right = true, feedback = "Because."', '"this", right = false, feedback = "Because."',
     r"question 1 \(one\): 0 options are right; set right = true for one"),
    ('feedback = "Tempting."', 'feedback = ""', r"options number 2: 'feedback' must be text"),
    ('text = "that", right = false', 'text = "this", right = false', "have the same text"),
    ("right = true", 'right = "yes"', "'right' must be true or false, not 'yes'"),
    ("answer = false", "answer = 0", "'answer' must be true or false, not 0"),
    ("value = 1250.5", "value = nan", "'value' must be a number, not nan"),
    ("value = 1250.5", "value = true", "'value' must be a number, not True"),
    ("tolerance = 0.5", "tolerance = -1", "'tolerance' must be a number, zero or more"),
    ("value = -3", "value = 1250", "the mistake 1250 counts as right; lower the tolerance"),
    ("mistakes = [{", "mistakes = [1, {", r"'mistakes' must be a list of \{ … \}"),
    ('  { text = "eat", feedback = "After waking." },\n', "", "give two of them or more"),
    ('["fruit", "stone"]', '["fruit", "fruit"]', "give two categories or more, each of them once"),
    ('["fruit", "stone"]', '["fruit", 2]', "'categories' must be a list of texts"),
    ('category = "stone"', 'category = "rock"', "'rock' is not one of the categories"),
    ('{ "stone" = "Hard." }', '{ "rock" = "Hard." }', "'rock' is not one of the categories"),
    ('{ "stone" = "Hard." }', '{ "fruit" = "Hard." }', "'apple' calls its own category wrong"),
    ('{ "stone" = "Hard." }', '"Hard."', "'wrong' must be a table of texts"),
    ("discuss = true", 'discuss = "yes"', r"question 6 \(drawers\): 'discuss' must be true or"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "complaint"), BROKEN)
def test_a_broken_form_names_question_and_mend(good: str, bad: str, complaint: str) -> None:
    assert good in EVERY_KIND
    with pytest.raises(ka.DataError, match=complaint):
        ka.widgets.self_check(EVERY_KIND.replace(good, bad, 1))


def test_several_needs_one_right_option() -> None:
    second = EVERY_KIND.index('id = "many"')
    toml = EVERY_KIND[:second] + EVERY_KIND[second:].replace("right = true", "right = false")
    with pytest.raises(ka.DataError, match=r"no option is right; set right = true for one or more"):
        ka.widgets.self_check(toml)


@pytest.mark.parametrize("toml", ["a = 1\n", "question = []\n", "[question]\n", "question = [1]\n"])
def test_a_file_without_questions_is_refused(toml: str) -> None:
    with pytest.raises(ka.DataError, match=r"questions: start each question with .*\[\[question"):
        ka.widgets.self_check(toml)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "page.toml"
    path.write_text("[[question]\n", "utf8")
    with pytest.raises(ka.DataError, match=r"page\.toml: this is not TOML: .*line 1"):
        ka.widgets.self_check(path)
    with pytest.raises(ka.DataError, match=r"no questions at 'nowhere\.toml' \(No such .*: give"):
        ka.widgets.self_check("nowhere.toml")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_questions_saved_on_windows_are_read(mark: str, end: str, tmp_path: Path) -> None:
    toml = mark + EVERY_KIND.replace("\n", end)
    (tmp_path / "page.toml").write_bytes(toml.encode())
    for source in (tmp_path / "page.toml", toml):
        assert len(ka.widgets.self_check(source).questions) == len(
            ka.widgets.self_check(EVERY_KIND).questions
        )


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (EVERY_KIND.replace("Which?", "哪个？").encode("gbk"), "page.toml, line 5: this is not"),
        (EVERY_KIND.replace("Which?", "Wh\0ich?").encode(), "page.toml, line 5: a NUL stands here"),
        (EVERY_KIND.encode("utf-16"), "page.toml, line 1: this is not UTF-8; save the"),
    ],
    ids=["gbk", "nul", "utf-16"],
)
def test_a_file_in_another_encoding_is_named(raw: bytes, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "page.toml").write_bytes(raw)
    with pytest.raises(ka.DataError, match=complaint):
        ka.widgets.self_check(tmp_path / "page.toml")


@pytest.mark.parametrize("source", [".", "nul\0.toml", "x" * 300, ""], ids=ascii)
def test_what_is_no_file_is_refused(source: str) -> None:
    with pytest.raises(ka.DataError, match=r"questions at .* give the path"):
        ka.widgets.self_check(source)


def test_questions_of_the_course_are_found_from_anywhere(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "3-segmentation/questions/rfm.toml"
    assert len(ka.widgets.self_check(name).questions) >= 5
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(EVERY_KIND, "utf8")  # a file of one's own comes first
    assert ka.widgets.self_check(name).questions == ka.widgets.self_check(EVERY_KIND).questions
