"""The student edition of every page: no answer, no MyST, and it runs with what it names."""

import base64
import builtins
import dis
import gzip
import html
import json
import lzma
import re
import subprocess
import sys
import tomllib
import venv
import zlib
from binascii import unhexlify
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from types import CodeType, SimpleNamespace
from urllib.parse import quote, unquote

import nbformat
import pytest
from hatchling.builders.wheel import WheelBuilder
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient
from notebooks import BOOK, NAMES, ROOT, cells
from packaging.requirements import Requirement

sys.path.insert(0, str(BOOK / "_ext"))
import student_edition as editions
from plain_markdown import Names
from student_edition import BadPage, fill, note_for, student_edition, written

TEMPLATE = "_templates/page.ipynb"  # what new pages start from
pages = pytest.mark.parametrize("name", [*NAMES, TEMPLATE])

# roles and directives, colon fences, targets, options, front matter, comments, substitutions
MYST = re.compile(
    r"\{[A-Za-z][\w:.-]*\}`|[`~:]{3,}[ ]*\{|:::|^\([\w-]+\)=|^:[\w-]+:|\A---|^%|\{\{|html_meta",
    re.M,
)
TYPED = re.compile(r"(- |\*\*|[A-Z]|#)[^{}`$[]+$")  # a line without anything to be made plain
VERBATIM = re.compile(r"^```.*?^```|\$\$.*?\$\$|\$[^$\n]+\$", re.M | re.S)


@cache
def text_of(name):
    return written(BOOK / name, ROOT)


def edition(name):
    return nbformat.reads(text_of(name), as_version=4)


# --- no answer ---


def strings(value):
    """Yield every text in parsed TOML or JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def shown_and_secret(name):
    """Return what a page shows, and what it keeps back: solutions, their outputs, its questions."""
    shown, secret, inside = [], [], False
    for cell in cells(name):
        if cell["cell_type"] == "code":
            claims = "claims" in cell["metadata"].get("tags", ())
            (secret if inside or claims else shown).append(cell["source"])
            secret += strings(cell["outputs"]) if inside else ()
            for asked in re.findall(r'self_check\("(.+?)"\)', cell["source"]):
                questions = (BOOK / name).parent / asked
                secret += strings(tomllib.loads(questions.read_text("utf8")))
            continue
        for line in cell["source"].splitlines():
            if re.match(r"[`:]{3,}\{solution(-start)?\}", line):
                inside = True
            elif re.match(r"[`:]{3,}\{(solution-end|exercise(-start)?)\}|#", line):
                inside = False
            elif not re.match(r"[`:]{3,}$|:[\w-]+:", line):
                (secret if inside else shown).append(line)
    return shown, secret


def unpacked(data):
    """Yield bytes as text, also what they are when they are decompressed."""
    for unpack in (bytes, gzip.decompress, zlib.decompress, lzma.decompress):
        try:
            yield unpack(data).decode("utf8")
        except (UnicodeDecodeError, OSError, EOFError, zlib.error, lzma.LZMAError):
            continue


def looked_into(text, depth=2):
    """Yield a text and all that is hidden in it, in whatever it is wrapped."""
    yield text
    if not depth:
        return
    inside = {unquote(text), html.unescape(text)}
    inside.add(re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text))
    for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", text):
        run = run.translate(str.maketrans("-_", "+/"))
        for start in range(4):
            part = run[start:]
            for decode, filled in (
                (base64.b64decode, part + "=" * (-len(part) % 4)),
                (unhexlify, part),
            ):
                with suppress(ValueError):
                    inside.update(unpacked(decode(filled)))
    for each in inside - {text}:
        yield from looked_into(each, depth - 1)


def letters(text):
    return re.sub(r"[\W_]+", " ", text).casefold()


def answers_left(text, secrets):
    """Return the sentences of the secrets that can be had from the text of a file."""
    read = [*strings(json.loads(text)), "".join(strings(json.loads(text))), text]
    found = letters("\n".join(part for each in read for part in looked_into(each)))
    parts = {letters(p) for secret in secrets for p in re.split(r"(?<=[.?!:;])\s+|\n", secret)}
    return [part for part in parts if len(part) > 24 and part in found]


@pages
def test_it_holds_no_answer_in_whatever_form(name):
    shown, secret = shown_and_secret(name)
    assert sum(len(text) > 24 for text in secret) >= 35
    # a question may name what the page has said
    said = letters(re.sub(r"\{[\w:]+\}", "", "\n".join(shown)))
    assert [part for part in answers_left(text_of(name), secret) if part not in said] == []


SECRET = "The third account loses money, and the fourth as well."
PACKED = SECRET.encode()


@pytest.mark.parametrize(
    "hidden",
    [
        SECRET,
        html.escape(SECRET).replace("a", "&#97;"),
        quote(SECRET),
        "".join(f"\\u{ord(c):04x}" for c in SECRET),
        base64.b64encode(PACKED).decode(),
        "x" + base64.urlsafe_b64encode(PACKED).decode(),
        PACKED.hex(),
        zlib.compress(PACKED).hex(),
        base64.b64encode(gzip.compress(PACKED, mtime=0)).decode(),
        base64.b64encode(quote(SECRET).encode()).decode(),
    ],
)
def test_an_answer_would_be_found(hidden):
    for text in ([hidden], {"metadata": {"widgets": {"state": hidden}}}, ["a", {"out": [hidden]}]):
        assert answers_left(json.dumps(text), [SECRET]) == [letters(SECRET)]


@pages
def test_nobody_has_run_it(name):
    notebook = edition(name)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert (cell.metadata, cell.get("attachments")) == ({}, None)
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pages
def test_each_exercise_has_one_empty_answer(name):
    source = [c["source"] for c in edition(name).cells]
    asked = [n for n, text in enumerate(source) if re.search(r"^### ", text, flags=re.M)]
    answers = [n for n, text in enumerate(source) if text in ("# Your answer", "**Your answer:**")]
    assert len(asked) >= 3
    assert answers == [n + 1 for n in asked]
    in_code = "".join(c["source"] for c in cells(name)).count("{solution-start}")
    assert source.count("# Your answer") == in_code


# --- no MyST ---


@pages
def test_no_markup_of_the_book_is_left(name):
    for cell in edition(name).cells:
        if cell.cell_type == "markdown":
            assert not MYST.search(VERBATIM.sub("", cell.source.removeprefix("---\n"))), cell.source
            for link in re.findall(r"\]\(([^)]*)\)", cell.source):
                assert link.startswith("https://"), "there is nothing beside a lone notebook"


def formulas(markdown):
    """Return what the book takes for a formula, found by another parser."""
    parser = MarkdownIt().use(dollarmath_plugin, allow_digits=False, allow_space=False)
    tokens = parser.parse(markdown)
    found = [t for token in tokens for t in [token, *(token.children or ())]]
    return {t.content.strip() for t in found if t.type.startswith("math")}


@pages
def test_dollars_make_no_formula_and_formulas_stay(name):
    """JupyterLab takes all between two dollars for a formula."""
    kept = [c["source"] for c in cells(name) if c["cell_type"] == "markdown"]
    meant, seen = formulas("\n\n".join(kept)), set()
    for cell in edition(name).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"`[^`]*`|\\\$", "", cell.source)
            for paragraph in re.split(r"\n\s*\n", text):
                seen |= {f.strip() for f in re.findall(r"\$\$?([^$]*)\$\$?", paragraph)}
    assert seen <= meant
    assert len(seen) >= 2


@pages
def test_what_a_page_says_stays(name):
    mine = "\n".join(cell.source for cell in edition(name).cells)
    shown = [text for text in shown_and_secret(name)[0] if "\n" in text or re.match(TYPED, text)]
    assert [text for text in shown if text not in mine and "self_check" not in text] == []


@pages
def test_it_opens_with_title_and_minutes_and_ends_with_the_license(name):
    first, last = edition(name).cells[0].source, edition(name).cells[-1].source
    title, minutes = first.split("\n\n")[:2]
    assert title.startswith("# ")
    takes = r"Estimated minutes: \d+ to read and play · \d+ for exercises"
    assert re.match(takes + "( · you need: .+)?$", minutes)
    assert title.removeprefix("# ") in last
    assert "CC BY 4.0" in last


# --- the parts, on small pages ---


@pytest.fixture
def names(tmp_path):
    """A book of two pages and two sources."""
    room = tmp_path / "book" / "1-room"
    (room / "questions").mkdir(parents=True)
    (room / "questions" / "page.toml").touch()
    (room / "other.md").write_text("---\nminutes: 5\n---\n\n(here)=\n# The other page\n", "utf8")
    (tmp_path / "book" / "references.bib").write_text(
        "@article{one2001a, author={van Raaij, Erik and Kim, Lee}, title={T}, year={2001}}\n"
        "@misc{three, author={{The {EU} \\& Council} and Bü, C. and D, E.}, title={T},"
        " year={n.d.}}",
        "utf8",
    )
    return Names(tmp_path, room / "page.ipynb")


def page(*texts, matter="---\nhtml_meta:\n  description: x\n---\n"):
    """A notebook; a text that starts with >>> is code, and with >>>! the code of a solution."""
    made = []
    for text in (f"{matter}# Title", *texts):
        code = re.match(r">>>(!?) ?", text)
        cell = {"metadata": {"mystnb": 1}, "source": text, "attachments": {"a": 1}}
        if code:
            cell |= {"outputs": [{"output_type": "stream"}], "execution_count": 7}
            cell["source"] = text[code.end() :]
            cell["metadata"] = {"tags": ["solution"] if code[1] else []}
        made.append({**cell, "cell_type": "code" if code else "markdown"})
    return {"cells": made, "metadata": {"widgets": 1}, "nbformat": 4, "nbformat_minor": 5}


def made(names, *texts):
    """Return what becomes of the cells between the title and the license."""
    notebook = student_edition(page(*texts), names)
    nbformat.validate(nbformat.from_dict(notebook))
    return ["".join(c["source"]) for c in notebook["cells"]][1:-1]


DOLLAR = r"<span>\$</span>"


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("a {term}`customers <customer>` b", "a customers b"),
        ("- one\n  {term}`two\n  lines` *so*\n  on", "- one\n  two lines *so*\n  on"),
        ("> a {term}`b`\n> c", "> a b\n> c"),
        ("| {term}`a` | b |\n|---|---|\n| b | {term}`c` |", "| a | b |\n|---|---|\n| b | c |"),
        ("so {cite:p}`one2001a`.", "so (van Raaij and Kim, 2001)."),
        ("{cite:p}`one2001a,three`", "(van Raaij and Kim, 2001; The EU & Council et al., n.d.)"),
        ("{cite:t}`one2001a` says", "van Raaij and Kim (2001) says"),
        ("{func}`keyaccounts.a.b`, {func}`~keyaccounts.a.b`", "`ka.a.b`, `b`"),
        ("{doc}`other`, {doc}`the page <other>`", "The other page, the page"),
        ("see [this](other.md#here), [](other.md)", "see this, The other page"),
        ("[*a* {term}`customer`](other.md)", "*a* customer"),
        ("[out](https://example.org/a) {term}`b`", "[out](https://example.org/a) b"),
        ("{.wide}\n[small]{.fine} print", "small print"),
        ("`{term}` and ``{cite:p}`x` `` {term}`a`", "`{term}` and ``{cite:p}`x` `` a"),
        ("$a_{i}$ {term}`b` \\* &amp; c", "$a_{i}$ b \\* &amp; c"),
        ("$$\n\\{term\\}\n$$ (eq)", "$$\n\\{term\\}\n$$"),
        ("$5, \\$6 and $x$", f"{DOLLAR}5, {DOLLAR}6 and $x$"),
        ("# $5", f"# {DOLLAR}5"),
        ("(label)=\n## Head", "## Head"),
        ("% a remark\n\ntext\n\n+++", "text"),
        (":::{admonition} Mind\n:class: goals\n- a {func}`x`\n:::", "> **Mind**\n>\n> - a `x`"),
        ("```{tip} First.\nMore.\n```", "> **Tip**\n>\n> First.\n>\n> More."),
        (
            "````{dropdown} T\n```python\n{a}\n```\n````",
            "<details><summary>T</summary>\n\n```python\n{a}\n```\n\n</details>",
        ),
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
        ("[](nowhere.md)", 1, "'nowhere.md'"),
        ("a\n![alt](drawn.svg)", 2, "image"),
        ("{{ name }}", 1, "name"),
        ("a\n:::", 2, "colon_fence"),
        ("Term\n: what it means", 1, "'dl' has no plain form"),
        (":::{note}\nnever closed", 1, "not closed"),
        ("- a\n\n  ```{note}\n  ok\n  ```", 3, "{note}"),
        ("```{note}\n:class: a\n\nok\n\n{mystery}`x`\n```", 6, "role {mystery}"),
        (":field: list", 1, "field_list"),
        ("```{solution-end}\n```", 1, "solution-end"),
        ('>>> ka.widgets.self_check("questions/no.toml")', 1, "no questions 'questions/no.toml'"),
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
    with pytest.raises(BadPage, match=r"^cell 1, line 7: "):
        student_edition(notebook, names)


def test_solutions_give_way_to_empty_answers(names):
    assert made(
        names,
        "## Exercises\n\n```{exercise-start} Warm-up: one\n:label: w\n```\nAsk {term}`a`.\n"
        "```{exercise-end}\n```",
        "```{solution-start} w\n:class: dropdown\n```",
        ">>>! secret()",
        ">>> secret_too()",
        "It is secret.\n\n```python\nsecret\n```\n```{solution-end}\n```\n\nAfter.",
        "```{exercise} Judge: it\n:label: j\nDecide.\n```\n\n````{solution} j\n:class: dropdown\n"
        "```python\nsecret\n```\nIt is secret.\n````\n\nLast.",
        ">>>! secret()",
        '>>> ka.widgets.self_check("questions/page.toml")',
    ) == [
        *("## Exercises\n\n### Warm-up: one\n\nAsk a.", "# Your answer", "After."),
        *("### Judge: it\n\nDecide.", "**Your answer:**", "Last.", "# Your answer"),
        'ka.widgets.self_check("1-room/questions/page.toml")',
    ]


def test_claims_are_left_out_and_what_is_folded_stays_folded(names):
    notebook = page(
        "*Stop: why?*\n\n:::{admonition} Answer\n:class: stop dropdown\nSo.\n:::", ">>> x"
    )
    notebook["cells"][2]["metadata"] = {"tags": ["claims"]}
    _, asked, last = student_edition(notebook, names)["cells"]
    fold = "<details><summary>Answer</summary>\n\nSo.\n\n</details>"
    assert "".join(asked["source"]) == f"*Stop: why?*\n\n{fold}"
    assert "CC BY 4.0" in "".join(last["source"])


def test_text_with_the_tag_of_a_solution_is_one(names):
    notebook = page("Told.")
    notebook["cells"][1]["metadata"] = {"tags": ["solution", "notes"]}
    assert student_edition(notebook, names)["cells"][1]["source"] == ["**Your answer:**"]


def test_it_opens_with_what_to_read_before_and_what_to_type(names):
    notebook = page(matter="---\nneeds: other\n---\n")
    app = SimpleNamespace(
        course_wheel=Path("keyaccounts-1-py3-none-any.whl"), config=SimpleNamespace(html_baseurl="")
    )
    first = "".join(student_edition(notebook, names, note_for(app))["cells"][0]["source"])
    takes = "Estimated minutes: 5 to read and play · 0 for exercises"
    assert first.startswith(f"# Title\n\n{takes} · you need: The other page\n\n> **To run")
    assert '\n> pip install "./keyaccounts-1-py3-none-any.whl[notebook]" jupyterlab\n' in first
    app.config.html_baseurl = "https://example.org/course/"
    place = "https://example.org/course/notebooks/keyaccounts-1-py3-none-any.whl"
    assert f'\n> pip install "keyaccounts[notebook] @ {place}" jupyterlab\n' in note_for(app)
    app.course_wheel = None
    assert note_for(app) == ""


# --- `make lab` ---


def test_what_a_student_changed_stays_and_is_said(tmp_path, monkeypatch, capsys):
    lab = tmp_path / "mein kürs" / "lab"
    assert editions.main([str(lab)]) is None
    copies = [lab / name for name in NAMES]
    assert [copy.read_text("utf8") for copy in copies] == [text_of(name) for name in NAMES]
    assert "Yours" not in capsys.readouterr().out
    mine, broken, gone, run, *others = copies
    mine.write_text(mine.read_text("utf8").replace("# Your answer", "answer = 1", 1), "utf8")
    broken.write_text("{")
    gone.unlink()
    (lab / "notes.md").write_text("mine")
    notebook = json.loads(run.read_text("utf8"))
    notebook["metadata"]["widgets"] = {}  # JupyterLab has opened it, and run a cell
    next(c for c in notebook["cells"] if c["cell_type"] == "code")["execution_count"] = 1
    run.write_text(json.dumps(notebook), "utf8")
    assert fill(lab, ROOT) == {mine: False, broken: False}
    assert gone.read_text("utf8") == text_of(NAMES[2])
    assert json.loads(run.read_text("utf8")) == notebook
    monkeypatch.setattr(editions, "LICENSE", "A newer edition of {title}, {book}.")
    assert editions.main([str(lab)]) is None
    assert f"Yours, left as it is: {mine}\n  The page has changed" in capsys.readouterr().out
    assert "answer = 1" in mine.read_text("utf8")
    assert (broken.read_text(), (lab / "notes.md").read_text()) == ("{", "mine")
    assert all("A newer edition" in copy.read_text("utf8") for copy in (gone, run, *others))
    (lab / ".written.json").unlink()  # then nothing is known to be ours
    monkeypatch.undo()
    assert fill(lab, ROOT).keys() == set(copies)


def test_a_page_that_has_no_edition_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(editions.Names, "title", lambda self, name: [][0])
    assert re.match(r"book/3-segmentation/[\w-]+\.ipynb, cell \d+, line", editions.main([tmp_path]))


# --- with what it names, and nothing else ---


def needed(requirements, extras, found):
    """Fill `found` with the installed packages that are asked for, and those that these need."""
    for asked in map(Requirement, requirements):
        if asked.marker is None or any(asked.marker.evaluate({"extra": e}) for e in ("", *extras)):
            package = metadata.distribution(asked.name)
            if (key := (asked.name, *asked.extras)) not in found:
                found[key] = package
                needed(package.requires or (), asked.extras, found)
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The python of an environment with the wheel of the site and what its `notebook` asks for."""
    folder = tmp_path_factory.mktemp("alone")
    *_, wheel = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    venv.create(folder / "venv", symlinks=sys.platform != "win32")
    python = next(folder.glob("venv/[bS]*/python*"))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], check=True)
    packages = next((folder / "venv").rglob("site-packages"))
    (installed,) = metadata.distributions(path=[str(packages)])
    for package in needed(installed.requires, ["notebook"], {}).values():
        for top in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(package.locate_file(top))
    return python


def names_in(code, *operations):
    """Yield the names that an operation of compiled code is about, functions inside it too."""
    for step in dis.get_instructions(code):
        if step.opname in operations:
            yield step.argval
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from names_in(part, *operations)


def lacks(sources, packages):
    """Return the names and packages that code cells use and nothing brings."""
    known, lacking = {*dir(builtins), "get_ipython"}, set()
    for source in sources:
        code = compile(source, "cell", "exec")
        known |= {*names_in(code, "STORE_NAME", "STORE_GLOBAL")}
        lacking |= {*names_in(code, "LOAD_NAME", "LOAD_GLOBAL")} - known
        roots = {name.partition(".")[0] for name in names_in(code, "IMPORT_NAME")}
        lacking |= roots - packages - sys.stdlib_module_names
    return lacking


@pages
def test_no_cell_needs_what_only_a_solution_makes(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["plot"]]
    packages = {"keyaccounts", *(Requirement(a).name for a in asked)}
    sources = [cell.source for cell in edition(name).cells if cell.cell_type == "code"]
    assert lacks(sources, packages) == set()


def test_what_is_lacking_would_be_found():
    cells = ["import pandas as pd\nx = 1", "def f(a):\n    return a + x + y", "import seaborn.a"]
    assert lacks(cells, {"pandas"}) == {"y", "seaborn"}
    assert lacks([*cells, "y"], {"pandas", "seaborn"}) == {"y"}


def test_a_page_runs_with_what_it_names(alone, tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "alone" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [str(alone), "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "a", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # nobody's startup files
    notebook = edition("3-segmentation/which-accounts-are-key.ipynb")  # the one that runs fastest
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, kernel_name="alone", resources=resources).execute()
    outputs = [o for c in notebook.cells for o in c.get("outputs", ())]
    assert {o.output_type for o in outputs} == {"execute_result", "display_data"}
    assert any("ka-check" in o.data.get("text/html", "") for o in outputs)
    assert any("image/svg+xml" in o.data for o in outputs)
