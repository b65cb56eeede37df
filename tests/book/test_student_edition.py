"""The student edition of every page: no solution, no MyST, and it runs alone.

That the solved pages pass is what nbval holds; here it is only asked that they were run.
"""

import json
import os
import re
import subprocess
import sys
from itertools import count
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient
from notebooks import BOOK, NAMES, ROOT, cells

sys.path.insert(0, str(BOOK / "_ext"))
from book_names import Names
from student_edition import BadPage, student_edition, with_questions, written

TEMPLATE = "_templates/page.ipynb"  # what new pages start from
pages = pytest.mark.parametrize("name", [*NAMES, TEMPLATE])
COMMAND = BOOK / "_ext" / "student_edition.py"

# roles and directives, colon fences, targets, front matter, comments, substitutions
MYST = re.compile(
    r"\{[A-Za-z][\w:.-]*\}`|[`~:]{3,}[ ]*\{|:::|^\([\w-]+\)=|^:[\w-]+:|\A---|^%|\{\{", re.M
)
VERBATIM = re.compile(r"^```.*?^```|\$\$.*?\$\$|\$[^$\n]+\$", re.M | re.S)
SENTENCE = re.compile(r"(?<=[.?!:;])\s+")


def edition(name):
    return nbformat.reads(written(BOOK / name, ROOT), as_version=4)


def solutions(name):
    """Yield the text of each solution of a page, as it stands in the source."""
    inside = False
    for cell in cells(name):
        if inside and cell["cell_type"] == "code":
            yield cell["source"]
        for line in cell["source"].splitlines() if cell["cell_type"] == "markdown" else ():
            if re.match(r"[`:]{3,}\{solution(-start)?\}", line):
                inside = True
            elif re.match(r"[`:]{3,}\{(solution-end|exercise(-start)?)\}|#", line):
                inside = False
            elif inside and not re.match(r"[`:]{3,}$|:[\w-]+:", line):
                yield line


# --- every page ---


@pages
def test_it_is_a_valid_notebook_as_nobody_has_run_it(name):
    notebook = edition(name)
    nbformat.validate(notebook)
    ids = [cell["id"] for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pages
def test_it_holds_no_solution(name):
    text = "\n".join(cell.source for cell in edition(name).cells)
    plain = re.sub(r"\W+", " ", text)
    found = [part for each in solutions(name) for part in SENTENCE.split(each)]
    tagged = [c for c in cells(name) if "solution" in c["metadata"].get("tags", ())]
    assert tagged, "the page has a solution in code"
    asked = [re.sub(r"\W+", " ", p) for p in (*found, *(c["source"] for c in tagged))]
    assert len(asked) >= 10
    assert [p for p in asked if len(p) > 20 and p in plain] == []


@pages
def test_each_exercise_has_one_empty_answer(name):
    source = [c["source"] for c in edition(name).cells]
    asked = [n for n, text in enumerate(source) if re.search(r"^### ", text, flags=re.M)]
    answers = [n for n, text in enumerate(source) if text in ("# Your answer", "**Your answer:**")]
    assert len(asked) >= 3
    assert answers == [n + 1 for n in asked]
    in_code = "".join(c["source"] for c in cells(name)).count("{solution-start}")
    assert source.count("# Your answer") == in_code


@pages
def test_no_markup_of_the_book_is_left(name):
    for cell in edition(name).cells:
        if cell.cell_type == "markdown":
            found = MYST.search(VERBATIM.sub("", cell.source.removeprefix("---\n")))
            assert not found, cell.source
            for link in re.findall(r"\]\(([^)]*)\)", cell.source):
                assert link.startswith("https://"), "there is nothing beside a lone notebook"


def formulas(markdown):
    """Return what the book takes for a formula, found by the parser that it is built with."""
    parser = MarkdownIt().use(dollarmath_plugin, allow_digits=False, allow_space=False)
    tokens = parser.parse(markdown)
    found = [t for token in tokens for t in [token, *(token.children or ())]]
    return {t.content.strip() for t in found if t.type.startswith("math")}


@pages
def test_two_dollars_do_not_make_a_formula(name):
    """JupyterLab takes all between two dollars for a formula."""
    meant = formulas("\n\n".join(c["source"] for c in cells(name)))
    for cell in edition(name).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"`[^`]*`|\\\$", "", cell.source)
            for paragraph in re.split(r"\n\s*\n", text):
                for formula in re.findall(r"\$\$?([^$]*)\$\$?", paragraph):
                    assert formula.strip() in meant


@pages
def test_what_a_page_says_stays(name):
    """Every other sentence, formula and line of code is still there."""
    mine = "\n".join(cell.source for cell in edition(name).cells)
    kept = [c for c in cells(name) if "solution" not in c["metadata"].get("tags", ())]
    for cell in kept:
        if cell["cell_type"] == "code" and "self_check" not in cell["source"]:
            assert cell["source"] in mine
    gone = set(solutions(name))
    for cell in kept:
        if cell["cell_type"] == "markdown":
            for line in cell["source"].splitlines():
                if line not in gone and re.fullmatch(r"(- |\*\*|[A-Z]|#)[^{}`$[]+", line):
                    assert line in mine
            for formula in re.findall(r"\$\$.*?\$\$", cell["source"], flags=re.S):
                assert formula in mine


@pages
def test_title_minutes_how_to_run_and_license_are_there(name):
    first, last = edition(name).cells[0].source, edition(name).cells[-1].source
    title, minutes, run = first.split("\n\n")[:3]
    assert title.startswith("# ")
    assert re.match(r"\d+ minutes( · you need: .+)?$", minutes)
    assert "`keyaccounts`" in run
    assert title.removeprefix("# ") in last
    assert "CC BY 4.0" in last
    assert "From Lead to Key Account" in last


@pages
def test_it_runs_from_top_to_bottom_alone(name, tmp_path, monkeypatch):
    """In a clean kernel, in an empty folder, with the package and nothing of the book."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # nobody's startup files
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = tmp_path / "empty"
    folder.mkdir()
    notebook = edition(name)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    outputs = [o for c in notebook.cells for o in c.get("outputs", ())]
    assert not [o for o in outputs if o.output_type in ("error", "stream")]
    assert len(outputs) >= 5


@pages
def test_the_solutions_were_run_and_have_a_result(name):
    solved = [c for c in cells(name) if "solution" in c["metadata"].get("tags", ())]
    for cell in solved:
        assert cell["execution_count"]
        assert {o["output_type"] for o in cell["outputs"]} <= {"execute_result", "display_data"}
        assert cell["outputs"], cell["source"]


def test_the_command_writes_the_same(tmp_path):
    copy = tmp_path / "copy.ipynb"
    for name in NAMES[:1]:
        done = subprocess.run(
            [sys.executable, COMMAND, BOOK / name, copy],
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            check=False,
        )
        assert done.returncode == 0
        assert copy.read_text("utf8") == written(BOOK / name, ROOT)


# --- the parts, on small pages ---


@pytest.fixture
def names(tmp_path):
    """A book of two pages and two sources."""
    room = tmp_path / "book" / "1-room"
    room.mkdir(parents=True)
    (room / "other.md").write_text("---\nminutes: 5\n---\n\n(here)=\n# The other page\n", "utf8")
    (tmp_path / "book" / "references.bib").write_text(
        "@article{one2001a, author={van Raaij, Erik and Kim, Lee}, title={T}, year={2001}}\n"
        "@misc{three, author={{The {EU} \\& Council} and Bü, C. and D, E.}, title={T},"
        " year={n.d.}}",
        "utf8",
    )
    return Names(tmp_path, room / "page.ipynb")


def page(*texts, matter="---\nminutes: 5\n---\n"):
    """A notebook; a text that starts with >>> is code, and with >>>! the code of a solution."""
    number, made = count(), []
    for text in (f"{matter}# Title", *texts):
        code = re.match(r">>>(!?) ?", text)
        cell = {"id": f"c{next(number)}", "metadata": {}, "source": text}
        if code:
            cell |= {"outputs": [{"output_type": "stream"}], "execution_count": 7}
            cell["source"] = text[code.end() :]
            cell["metadata"] = {"tags": ["solution"]} if code[1] else {}
        made.append({**cell, "cell_type": "code" if code else "markdown"})
    return {"cells": made, "metadata": {"widgets": 1}, "nbformat": 4, "nbformat_minor": 5}


def made(names, *texts, folder="."):
    """Return what becomes of the cells between the title and the license."""
    notebook = student_edition(page(*texts), names, folder)
    nbformat.validate(nbformat.from_dict(notebook))
    return ["".join(c["source"]) for c in notebook["cells"]][1:-1]


QUOTED = "> **Mind**\n>\n> - a `x`\n> - b"


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("a {term}`customers <customer>` b", "a customers b"),
        ("{term}`customer`", "customer"),
        ("{term}`two\nlines`", "two lines"),
        ("so {cite:p}`one2001a`.", "so (van Raaij and Kim, 2001)."),
        ("{cite:p}`one2001a,three`", "(van Raaij and Kim, 2001; The EU & Council et al., n.d.)"),
        ("{cite:t}`one2001a` says", "van Raaij and Kim (2001) says"),
        ("{func}`keyaccounts.a.b`", "`ka.a.b`"),
        ("{func}`~keyaccounts.a.b`", "`b`"),
        ("{py:class}`it <keyaccounts.A>`", "`it`"),
        ("{doc}`other`", "The other page"),
        ("{doc}`the page <other>`", "the page"),
        ("{ref}`here`", "The other page"),
        ("{ref}`there <here>`", "there"),
        ("{math}`x^2`", "$x^2$"),
        ("see [this](other.md#here), [](other.md)", "see this, The other page"),
        ("[a {term}`customer`](other.md)", "a customer"),
        ("[out](https://example.org/a)", "[out](https://example.org/a)"),
        ("[small]{.fine} print", "small print"),
        ("`{term}` and ``{cite:p}`x` ``", "`{term}` and ``{cite:p}`x` ``"),
        ("$a_{i}$ and $$\n\\{term\\}\n$$ (eq)", "$a_{i}$ and $$\n\\{term\\}\n$$"),
        ("only $5 here", "only $5 here"),
        (
            "$5, \\$6 and $x$\n\nand $7",
            r"<span>\$</span>5, <span>\$</span>6 and $x$" + "\n\nand $7",
        ),
        ("(label)=\n## Head", "## Head"),
        ("% a remark\ntext\n+++", "text"),
        ("Term\n: what it means", "**Term**: what it means"),
        (":::{admonition} Mind\n:class: goals\n- a {func}`x`\n- b\n:::", QUOTED),
        ("```{note}\nFirst.\n```", "> **Note**\n>\n> First."),
        ("```{tip} First.\nMore.\n```", "> **Tip**\n>\n> First.\n>\n> More."),
        ("````{dropdown} T\n```python\na\n```\n````", "> **T**\n>\n> ```python\n> a\n> ```"),
        ("```{math}\n:label: e\nx\n```", "$$\nx\n$$"),
        ("```{code-block} python\n{term}`x`\n```", "```python\n{term}`x`\n```"),
        ("```\n{term}`x`\n```", "```\n{term}`x`\n```"),
    ],
)
def test_myst_becomes_plain(names, myst, plain):
    assert made(names, myst) == [plain]


@pytest.mark.parametrize(
    ("myst", "line", "says"),
    [
        ("ok\n\n```{mystery}\n```", 3, "directive {mystery}"),
        ("ok\n{mystery}`x`", 2, "role {mystery}"),
        ("\n{term}`a`\n\n{cite:p}`nobody`", 4, "'nobody'"),
        ("{doc}`nowhere`", 1, "'nowhere'"),
        ("{ref}`nowhere`", 1, "'nowhere'"),
        ("[](nowhere.md)", 1, "'nowhere.md'"),
        ("a\n![alt](drawn.svg)", 2, "image"),
        ("{{ name }}", 1, "name"),
        ("a[^1]", 1, r"\^1"),
        ("a\n:::", 2, ":::"),
        (":::{note}\nnever closed", 1, "not closed"),
        ("```{note}\nok\n\n{mystery}`x`\n```", 4, "role {mystery}"),
        (":field: list", 1, "is left"),
        ("```{solution-end}\n```", 1, "no solution"),
        ("```{solution-start} x\n```", None, "no end"),
    ],
)
def test_what_is_not_known_is_refused_with_its_place(names, myst, line, says):
    with pytest.raises(BadPage, match=says) as refused:
        made(names, "fine", myst)
    if line:
        assert str(refused.value).startswith(f"cell 3, line {line}: ")


def test_lines_are_those_of_the_page_below_the_front_matter(names):
    notebook = page()
    notebook["cells"][0]["source"] += "\n\n{mystery}`x`"
    with pytest.raises(BadPage, match=r"^cell 1, line 6: "):
        student_edition(notebook, names, ".")


def test_an_exercise_in_code(names):
    assert made(
        names,
        "## Exercises\n\n```{exercise-start} Warm-up: one\n:label: w\n```\nAsk {term}`a`.\n"
        "```{exercise-end}\n```",
        "```{solution-start} w\n:class: dropdown\n```",
        ">>>! secret()",
        "It is secret.\n\n```python\nsecret\n```\n```{solution-end}\n```\n\nAfter.",
        ">>> last()",
    ) == ["## Exercises\n\n### Warm-up: one\n\nAsk a.", "# Your answer", "After.", "last()"]


def test_an_exercise_in_words(names):
    assert made(
        names,
        "```{exercise} Judge: it\n:label: j\nDecide.\n```\n\n````{solution} j\n:class: dropdown\n"
        "```python\nsecret\n```\nIt is secret.\n````\n\nAfter.",
    ) == ["### Judge: it\n\nDecide.", "**Your answer:**", "After."]


def test_cells_with_the_tag_alone_are_solutions_too(names):
    assert made(names, "### Do it", ">>>! secret()", "after") == [
        "### Do it",
        "# Your answer",
        "after",
    ]


def test_two_solutions_in_one_cell_have_an_answer_each(names):
    solution = "```{solution} x\nsecret\n```\n"
    assert made(names, f"One\n\n{solution}\nTwo\n\n{solution}") == [
        *("One", "**Your answer:**"),
        *("Two", "**Your answer:**"),
    ]


def test_the_opening_names_minutes_and_what_to_read_before(names):
    notebook = page(matter="---\nminutes: 5\nneeds: other\n---\n")
    first = "".join(student_edition(notebook, names, ".")["cells"][0]["source"])
    assert first.startswith("# Title\n\n5 minutes · you need: The other page\n\n> To run")


def test_outputs_widgets_and_tags_go_alt_texts_stay(names):
    notebook = page(">>> a()")
    alt = {"mystnb": {"image": {"alt": "A line that rises"}}}
    notebook["cells"][1]["metadata"] = {**alt, "tags": ["slide"]}
    made_of_it = student_edition(notebook, names, ".")
    cell = made_of_it["cells"][1]
    assert (cell["outputs"], cell["execution_count"], cell["metadata"]) == ([], None, alt)
    assert set(made_of_it["metadata"]) == {"kernelspec", "language_info"}


QUESTIONS = """\
[[question]]
id = "é"
ask = "Which?"
"""


@pytest.mark.parametrize(
    "text",
    [
        QUESTIONS,
        QUESTIONS + 'more = """a\nb"""\n',
        QUESTIONS + "path = 'C:\\new'\n",
        QUESTIONS + "a = \"\"\"x\"\"\"\nb = '''y'''\n",
    ],
    ids=["plain", "double", "backslash", "both"],
)
def test_questions_travel_with_the_notebook(names, tmp_path, text):
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "page.toml").write_text(text, "utf8")
    source = 'ä = 1; ka.widgets.self_check("questions/page.toml")  # é'
    notebook = student_edition(page(f">>> {source}"), names, tmp_path)
    cell = notebook["cells"][1]
    code = "".join(cell["source"])
    asked = []

    class ka:  # stands for the package
        class widgets:
            self_check = staticmethod(asked.append)

    exec(code, {"ka": ka})
    assert asked[0].strip() == text.strip()
    assert "\n" in asked[0], "that is how the toolkit tells a text from a path"
    assert code.endswith(")  # é")
    assert cell["metadata"]["jupyter"] == {"source_hidden": True}


def test_missing_questions_are_refused(names):
    with pytest.raises(BadPage, match=r"cell 3, line 2: .*'questions/no\.toml'"):
        made(names, "a", '>>> 1\nka.widgets.self_check("questions/no.toml")')


def test_other_calls_stay_as_they_are():
    source = "ka.widgets.self_check(questions)\nself_check = 1"
    assert with_questions(source, Path()) == source


def test_the_edition_of_every_page_is_json_that_git_could_hold():
    for name in NAMES:
        text = written(BOOK / name, ROOT)
        assert json.loads(text)["nbformat"] == 4
        assert text.endswith("}\n")
