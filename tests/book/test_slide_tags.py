"""Which cells are slides: the tags of the pages, and what each tag does."""

import importlib.util
import json
import re

import pytest
from notebooks import NAMES, NOTEBOOKS, ROOT, cells
from test_page_limits import KEPT

SPEC = importlib.util.spec_from_file_location("make_slides", ROOT / "book/_slides/make_slides.py")
decks = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(decks)

from plain_markdown import Names  # noqa: E402
from slide_tags import DECIDE, TAGS, BadDeck, slides_of  # noqa: E402

OTHER_TAGS = {"solution", "self-check", "remove-input", "remove-output", "hide-input", "claims"}


def made(*own):
    """Return the slides of a small page; a cell is (source, tag) or (source, tag, output)."""
    first = "---\nminutes: 5\n---\n# A page\n\n*Which one?*\n\n:::{admonition} You will\n"
    first += ":class: goals\n- choose;\n:::"
    listed = [{"cell_type": "markdown", "metadata": {}, "source": [first]}]
    for source, tags, *output in own:
        listed.append(
            {
                "cell_type": "code" if output else "markdown",
                "metadata": {"tags": tags.split()},
                "source": [source],
                "outputs": [{"data": data} for data in output],
            }
        )
    decide = {"cell_type": "markdown", "metadata": {}, "source": [f"## {DECIDE}\n\n- This."]}
    return slides_of({"cells": [*listed, decide]}, Names(ROOT, NOTEBOOKS[0]), "x-", "the way")[:-1]


# --- the pages ---


@pytest.mark.parametrize("name", NAMES)
def test_only_known_tags_are_used(name):
    used = {tag for cell in cells(name) for tag in cell["metadata"].get("tags", ())}
    assert used <= {*TAGS, *OTHER_TAGS}


@pytest.mark.parametrize("name", [*NAMES, "_templates/page.ipynb"])
def test_a_page_gives_a_stack_of_slides(name):
    notebook = json.loads((ROOT / "book" / name).read_text("utf8"))
    page = slides_of(notebook, Names(ROOT, ROOT / "book" / name), "x-")
    kinds = [slide.kind for slide in page]
    assert (kinds[0], kinds[-1], kinds.count("play") >= 1) == ("page", "decide", True)
    assert 2 <= kinds.count("hands") <= 3
    assert sum(bool(slide.notes) for slide in page) >= 5
    bodies = ["".join(slide.body) for slide in page]
    assert sum("<svg" in body for body in bodies) >= 2
    if name in KEPT:
        assert 10 <= len(page) <= 16
        assert 1 <= sum("<table" in body for body in bodies) <= len(page) / 3
        assert any('class="code"' in body for body in bodies), (
            "the method's code, where it is taught"
        )


def test_every_chapter_with_notebooks_makes_a_deck(tmp_path):
    files = decks.make(tmp_path)
    assert {f.parent.name for f in files} == {p.parent.name for p in NOTEBOOKS}
    assert {n for pages in decks.chapters().values() for n in pages} == set(NOTEBOOKS)


@pytest.mark.parametrize("name", NAMES)
def test_no_solution_is_shown(name):
    notebook = json.loads((ROOT / "book" / name).read_text("utf8"))
    page = slides_of(notebook, Names(ROOT, ROOT / "book" / name), "x-")
    assert "common mistake" not in "".join(part for slide in page for part in slide.body)
    assert "common mistake" in "".join(part for slide in page for part in slide.notes)


# --- the tags ---


def test_a_page_opens_with_its_question_and_its_goals():
    question, goals = made()
    assert (question.title, question.body) == ("A page", ["<p><em>Which one?</em></p>"])
    assert (goals.title, "choose" in goals.body[0]) == ("You will", True)


def test_cells_without_a_tag_are_left_out_but_name_the_section():
    *_, last = made(("## Part\n\nText.", ""), ("1 + 1", "slide", {"text/plain": "2"}))
    assert (last.title, last.own_title, last.body) == ("Part", False, ["<pre>2</pre>"])


def test_a_title_shows_one_sentence_and_says_the_rest():
    *_, before, last = made(("Early.\n\n## Part\n\nOne thing. Another.\n\nMore.", "slide-title"))
    assert (last.title, last.body) == ("Part", ["<p>One thing.</p>"])
    assert last.notes == ["<p>Another.</p>\n<p>More.</p>"]
    assert before.notes == ["<p>Early.</p>"]


def test_more_and_notes_go_to_the_current_slide():
    *_, last = made(("## Part\n\nText.", "slide"), ("Shown.", "more"), ("Said.", "notes"))
    assert last.body == ["<p>Text.</p>", "<p>Shown.</p>"]
    assert last.notes == ["<p>Said.</p>"]


def test_code_is_shown_only_if_asked_for():
    *_, shown = made(("one = 1", "slide-code", {"text/plain": "1"}))
    *_, hidden = made(("one = 1", "slide", {"text/plain": "1"}))
    assert ("one" in "".join(shown.body), "one" in "".join(hidden.body)) == (True, False)


def test_a_solution_in_the_cell_of_its_exercise_is_said():
    text = "```{exercise} Judge\n:label: x\nWhat?\n```\n\n```{solution} x\nThat.\n```"
    *_, last = made((text, "slide"))
    assert (last.title, last.body, last.notes) == ("Judge", ["<p>What?</p>"], ["<p>That.</p>"])


def test_the_explorer_and_questions_for_raising_hands_come_by_themselves(tmp_path):
    names = Names(tmp_path, tmp_path / "page.ipynb")
    asked = """
    [[question]]
    id = "a"
    kind = "numeric"
    ask = "How many?"
    value = 1
    feedback = "One."
    wrong = "No."
    [[question]]
    id = "b"
    kind = "true-false"
    ask = "Is it so?"
    answer = false
    if_true = "It seems so."
    if_false = "It is not."
    """
    (tmp_path / "q.toml").write_text(asked, "utf8")
    state = '["It rises", "<svg viewBox=\\"0 0 9 9\\"/>", ""]'
    explorer = '<div class="ka-explorer"><p role="status">It rises</p><div class="ka-figure">'
    explorer += '<svg viewBox="0 0 9 9"></svg></div><script type="application/json">'
    explorer += f'{{"alt": "A line.", "states": [{state}]}}</script></div>'
    cells = [
        ("markdown", "# A page\n\n*Which one?*", []),
        ("code", "ka.widgets.explore(1)", [{"data": {"text/html": explorer}}]),
        ("code", 'ka.widgets.self_check("q.toml")', []),
        ("markdown", f"## {DECIDE}\n\n- This.", []),
    ]
    cells = [{"cell_type": k, "metadata": {}, "source": s, "outputs": out} for k, s, out in cells]
    _, play, hands, decide = slides_of({"cells": cells}, names, "x-", "<p>the way</p>")
    assert (play.kind, play.body[1]) == ("play", "<p>the way</p>")
    assert 'aria-label="A line. It rises"' in play.body[0]
    assert (hands.title, hands.kicker) == ("Is it so?", "A page · Raise your hand")
    assert hands.body == ['<ol type="A"><li>True</li><li>False</li></ol>']
    assert hands.notes[0].startswith("<p>B is right.</p>")
    assert "It seems so." in hands.notes[0]
    assert decide.body == ["<ul>\n<li>This.</li>\n</ul>"]


def test_the_way_to_an_explorer_can_be_scanned_where_the_site_is_published(monkeypatch):
    page = ROOT / "book/3-segmentation/rfm.ipynb"
    monkeypatch.delenv("SITE_URL", raising=False)
    assert 'href="../../html/book/3-segmentation/rfm.html#play"' in decks.way_to(page)
    monkeypatch.setenv("SITE_URL", "https://example.org/a")
    way = decks.way_to(page)
    assert 'href="https://example.org/a/book/3-segmentation/rfm.html#play"' in way
    assert re.search(r'<svg role="img" aria-label="A code to scan;[^"]+#play" viewBox', way)


def test_what_is_folded_is_said():
    text = "## Part\n\n*Stop: why?*\n\n:::{admonition} Answer\n:class: stop dropdown\nSo.\n:::"
    *_, last = made((text, "slide"))
    assert (last.body, last.notes) == (["<p><em>Stop: why?</em></p>"], ["<p>So.</p>"])


def test_roles_and_formulas_become_what_a_slide_can_show():
    *_, last = made(('## Part\n\nA {term}`x <whale curve>`, $a_i$: $5 or $6, "so".', "slide"))
    words = re.sub(r"<math.*</math>|<[^>]*>", "", last.body[0])
    assert words == "A x, : $5 or $6, “so”."
    assert "<msub><mi>a</mi><mi>i</mi></msub>" in last.body[0]


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (("Text.", "slide more"), "cell 2: more than one of slide, more"),
        (("1", "slide-title", {}), "cell 2: a code cell has no heading"),
        (("{strange}`thing`", "slide"), "cell 2: the role {strange}"),
    ],
)
def test_a_page_that_cannot_be_shown_says_where(own, says):
    with pytest.raises(BadDeck, match=f"^{says}"):
        made(own)
