"""Building: what stops it, and what it does again after a change. On a small book of its own."""

import json
import os
import re
import shutil
from pathlib import Path
from unittest import mock

import kernel_env
import nbformat
import pytest
import toolkit_digest
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from site_build import ANSI, build, run
from site_pages import ROOT

SPOKEN = "A page of a small book that is built for a test, with a description long enough."


def cell(source, **metadata):
    kind = metadata.pop("kind", "code")
    empty = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **empty}


def write_notebook(path, *cells):
    title = f'---\ndescription: "{SPOKEN} {path.stem}"\n---\n# {path.stem}\n'
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [cell(title, kind="markdown"), *cells]
    for number, each in enumerate(cells):
        each["id"] = f"cell-{number}"
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}), "utf-8")


@pytest.fixture
def book(tmp_path):
    """A book with the course's own configuration, extensions and templates, and one page."""
    for name in ("book/_ext", "book/_static", "book/_templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_config.yml", tmp_path)
    fonts = Path(os.environ["MPLCONFIGDIR"])  # made once, by the conftest of all tests
    shutil.copytree(fonts, tmp_path / "_build/.home" / fonts.name)
    (tmp_path / "book/references.bib").touch()
    (tmp_path / "toolkit/keyaccounts").mkdir(parents=True)
    (tmp_path / "toolkit/keyaccounts/method.py").write_text("ONE = 1\n")
    (tmp_path / "book/intro.md").write_text(f"---\ndescription: {SPOKEN}\n---\n# Hello\n")
    return tmp_path


def contents(book, *pages):
    toc = {"format": "jb-book", "root": "book/intro"}
    if pages:
        toc["parts"] = [{"caption": "Pages", "chapters": [{"file": page} for page in pages]}]
    (book / "_toc.yml").write_text(yaml.safe_dump(toc))


def test_a_failing_notebook_stops_the_build_and_names_page_and_cell(book):
    contents(book, "book/broken", "book/fine")
    write_notebook(book / "book/fine.ipynb", cell("1 + 1"))
    broken = cell("ten = 10\nten / 0")
    words = cell("A word.", kind="markdown")
    write_notebook(book / "book/broken.ipynb", cell("1 + 1"), words, broken)
    done = run(book, book)
    said = ANSI.sub("", done.stderr)
    assert done.returncode != 0
    assert "book/broken.ipynb: WARNING: Executing notebook failed" in said
    assert "\nten = 10\nten / 0\n" in said
    assert "In[2], line 2" in said
    assert "ZeroDivisionError: division by zero" in said
    assert "book/fine.ipynb: WARNING" not in said
    assert "IPKernelApp" not in said, "a kernel says nothing of its own at its start"


def test_a_fault_is_found_in_every_build_until_it_is_mended(book, tmp_path):
    """A warning of a page nobody touched, and a page that sometimes writes to stderr."""
    contents(book, "book/noisy")
    good = (book / "book/intro.md").read_text()
    (book / "book/intro.md").write_text(good + "\n{term}`no such term`\n")
    switch, log = tmp_path / "noisy", tmp_path / "runs.txt"
    code = (
        f"import pathlib, sys\nopen({str(log)!r}, 'a').write('ran ')\n"
        f"if pathlib.Path({str(switch)!r}).exists(): print('Oh!', file=sys.stderr)"
    )
    write_notebook(book / "book/noisy.ipynb", cell(code))
    switch.touch()
    for _ in range(2):
        said = build(book, book)
        assert "no such term" in said
        assert "noisy.ipynb:20002: ERROR: stderr was found" in said
    switch.unlink()
    (book / "book/intro.md").write_text(good)
    assert build(book, book) == ""
    assert log.read_text() == "ran ran ran "


@pytest.mark.parametrize("cut", ["global.db", "executed/*/base.ipynb"])
def test_a_cache_that_was_cut_short_is_forgotten(tmp_path, cut):
    """A killed build may leave either file without its end, and MyST-NB would not get past it."""
    kept = get_cache(tmp_path / "cache")
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    kept.cache_notebook_bundle(CacheBundleIn(page, "page.ipynb"), check_validity=False)
    kept.db.dispose()
    toolkit_digest.forget_faults(tmp_path / "cache")
    assert len(get_cache(tmp_path / "cache").list_cache_records()) == 1
    (file,) = (tmp_path / "cache").glob(cut)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    toolkit_digest.forget_faults(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_pages_run_alike_whatever_the_machine_is_set_to(book, tmp_path):
    """Without a home, and with what others have set: the page draws, and no start-up file runs."""
    contents(book, "book/drawn")
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 77\n")
    (tmp_path / "start.py").write_text("import sys; print('started', file=sys.stderr)\n")
    code = (
        "import matplotlib, matplotlib.pyplot as plt\nfrom IPython.paths import get_ipython_dir\n"
        "plt.plot([1, 2])\nplt.rcParams['lines.linewidth'], "
        "['_build' in f for f in (matplotlib.get_cachedir(), get_ipython_dir())]"
    )
    alt = {"mystnb": {"image": {"alt": "A line that rises from one to two"}}}
    write_notebook(book / "book/drawn.ipynb", cell(code, **alt))
    done = run(
        book,
        book,
        HOME="/dev/null/nobody",
        MPLCONFIGDIR="/dev/null/nobody",
        MPLBACKEND="agg",
        MATPLOTLIBRC=str(tmp_path),
        PYTHONSTARTUP=str(tmp_path / "start.py"),
    )
    assert done.returncode == 0, done.stderr
    html = (book / "_build/html/book/drawn.html").read_text("utf-8")
    assert "(1.5, [True, True])" in html
    assert 'alt="A line that rises' in html


def test_the_list_of_fonts_is_made_before_a_page_asks_for_it(tmp_path):
    with mock.patch.dict(os.environ):
        kernel_env.settle(tmp_path)
        assert list(Path(os.environ["MPLCONFIGDIR"]).glob("fontlist-*.json"))
        assert tmp_path in Path(os.environ["MPLCONFIGDIR"]).parents


def test_after_a_killed_build_and_without_a_page_the_site_is_as_if_built_at_once(book, tmp_path):
    """The first build dies between two pages; then a page is taken out."""
    pages = ["book/one", "book/two", "book/three"]
    for page in pages:
        words = f"---\ndescription: {SPOKEN} {page}\n---\n# Title of {page}\n"
        (book / f"{page}.md").write_text(words)
    switch = tmp_path / "kill"
    (book / "book/_ext/killer.py").write_text(
        "import os, pathlib, signal\n"
        "def kill(app, page, *rest):\n"
        f"    if page == 'book/two' and pathlib.Path({str(switch)!r}).exists():\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "def setup(app):\n"
        "    app.connect('html-page-context', kill)\n"
    )
    course = book / "book/_ext/course.py"
    course.write_text(course.read_text("utf-8").replace("PARTS = (", 'PARTS = (\n    "killer",'))

    def site():
        assert build(book, book) == ""
        html = book / "_build/html"
        return {p.relative_to(html): p.read_bytes() for p in html.rglob("*") if p.is_file()}

    contents(book, *pages)
    switch.touch()
    assert run(book, book).returncode < 0
    assert (book / "_build/html/book/one.html").is_file()
    assert not (book / "_build/html/book/two.html").exists()
    switch.unlink()
    found = site()[Path("searchindex.js")].decode()
    assert [page for page in pages if f"Title of {page}" not in found] == []
    contents(book, *pages[:2])
    without = site()
    shutil.rmtree(book / "_build")
    assert without == site()


FAULTS = {
    "[nowhere](no-such-page.md)": "no-such-page.md",
    "{doc}`no-such-document`": "unknown document: 'no-such-document'",
    "{term}`no such term`": "no such term",
    "{cite:p}`nobody1900`": "nobody1900",
    "{func}`keyaccounts.no_such_function`": "keyaccounts.no_such_function",
    "![](first.svg)": "intro.md:16: WARNING: a figure has no alt text",
    "![second.svg](second.svg)": "intro.md:18: WARNING: a figure has no alt text",
}


def test_a_warning_is_an_error(book):
    """Each fault is named, and the build fails."""
    contents(book)
    for name in ("first", "second"):
        (book / f"book/{name}.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    with (book / "book/intro.md").open("a") as page:
        page.write("\n" + "\n\n".join(FAULTS) + "\n")
    said = build(book, book)
    for complaint in FAULTS.values():
        assert complaint in said


@pytest.mark.parametrize("description", ["", "description: too short\n"])
def test_a_page_without_a_description_is_an_error(book, description):
    contents(book)
    (book / "book/intro.md").write_text(f"---\nx: 1\n{description}---\n# Hello\n")
    said = build(book, book)
    assert "description" in said


def test_something_from_elsewhere_is_an_error(book):
    contents(book)
    with (book / "book/intro.md").open("a") as page:
        page.write('\n<img src="https://example.org/pixel.gif" alt="A pixel of somebody else">\n')
    said = build(book, book)
    assert "https://example.org/pixel.gif" in said


def test_only_what_changed_is_executed_again(book, tmp_path):
    """Each notebook leaves a line in a log when it runs."""
    contents(book, "book/one", "book/two")
    log = tmp_path / "runs.txt"

    def write(name, more=""):
        run = cell(f"with open({str(log)!r}, 'a') as f: f.write('{name} ')\n{more}")
        write_notebook(book / f"book/{name}.ipynb", run)

    def executed():
        log.unlink(missing_ok=True)
        assert build(book, book) == ""
        return log.read_text().split() if log.exists() else []

    write("one")
    write("two")
    assert sorted(executed()) == ["one", "two"]
    assert executed() == []
    write("two", more="2")
    assert executed() == ["two"]
    (book / "toolkit/keyaccounts/method.py").write_text("ONE = 2\n")
    assert sorted(executed()) == ["one", "two"]
    (book / "data").mkdir()
    (book / "data/table.csv").write_text("a\n1\n")
    assert sorted(executed()) == ["one", "two"]
    assert executed() == []


def test_changed_questions_execute_their_page_again(book, tmp_path):
    """The code of the page is the same; what it reads is not."""
    contents(book, "book/one", "book/two")
    log = tmp_path / "runs.txt"
    asked = book / "book/questions"
    asked.mkdir()
    for name in ("one", "two"):
        (asked / f"{name}.toml").write_text("n=1")
        text = f"def self_check(path): open({str(log)!r}, 'a').write(open(path).read() + ' ')\n"
        write_notebook(
            book / f"book/{name}.ipynb", cell(f'{text}self_check("questions/{name}.toml")')
        )

    def executed():
        log.unlink(missing_ok=True)
        assert build(book, book) == ""
        return log.read_text().split() if log.exists() else []

    assert executed() == ["n=1", "n=1"]
    (asked / "two.toml").write_text("n=2")
    assert executed() == ["n=2"]
    assert executed() == []


def test_a_changed_look_and_a_changed_extension_reach_the_pages(book):
    contents(book)
    with (book / "book/intro.md").open("a") as text:
        text.write("\n```{journey}\n```\n")
    page, style = book / "_build/html/book/intro.html", book / "_build/html/_static/course.css"

    def built():
        assert build(book, book) == ""
        return page.read_text("utf-8")

    first = built()
    with (book / "book/_static/course.css").open("a") as look:
        look.write("h1 { color: red }\n")
    second = built()
    assert second != first, "the address of the style sheet says that it is new"
    assert "color: red" in style.read_text("utf-8")
    drawing = book / "book/_ext/journey.py"
    drawing.write_text(drawing.read_text("utf-8").replace("in preparation", "not yet"))
    assert "in preparation" in second
    third = built()
    assert "not yet" in third
    assert "in preparation" not in third


def test_figures_formulas_and_folds_need_nothing_else(book):
    """SVG is part of the page and follows the theme; formulas are MathML; folds are <details>."""
    contents(book)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90pt" height="30pt" viewBox="0 0 90 30">'
        "<style>*{stroke:red}</style><defs><clipPath id='p1'><path d='M0 0h9v9'/></clipPath></defs>"
        '<g id="axes_1" clip-path="url(#p1)" style="fill: #1B2A41"/></svg>'
    )
    (book / "book/drawn.svg").write_text(svg)
    alt = "A line that rises and then falls"
    with (book / "book/intro.md").open("a") as page:
        page.write(f"\n![{alt}](drawn.svg)\n\n![{alt} again](drawn.svg)\n")
        page.write("\n$$\nx_1 = \\frac{a}{b}\n$$\n")
        page.write("\n$$\n\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\n$$\n")
        page.write("\n:::{note}\n:class: dropdown\nHidden.\n:::\n")
    assert build(book, book) == ""
    html = (book / "_build/html/book/intro.html").read_text("utf-8")
    assert f'role="img" aria-label="{alt}"' in html
    assert html.count("fill: var(--ink, #1b2a41)") == 2
    assert "stroke:red" not in html
    assert "axes_1" not in html
    clips = re.findall(r'<clipPath id="([^"]+)"', html)
    assert len(set(clips)) == 2
    assert [f"url(#{c})" in html for c in clips] == [True, True]
    assert html.count("<math ") == 2
    assert "<mtable" in html
    assert re.search(r"<details[^>]*>\s*<summary>Note</summary>", html)
    assert not list((book / "_build/html").rglob("*mathjax*"))


def test_an_old_address_leads_to_the_page_that_took_its_place(book):
    room = book / "book/3-segmentation"
    room.mkdir()
    (room / "pyramid.md").write_text(f"---\ndescription: {SPOKEN} It moved.\n---\n# Tiers & more\n")
    contents(book, "book/3-segmentation/pyramid")
    assert build(book, book, SITE_URL="https://example.org/a/") == ""
    html = (book / "_build/html/book/3-segmentation/pyramid-and-grade.html").read_text("utf-8")
    assert 'http-equiv="refresh" content="0; url=pyramid.html"' in html
    assert '<a href="pyramid.html">Open “Tiers &amp; more”</a>' in html
    canonical = "https://example.org/a/book/3-segmentation/pyramid.html"
    assert f'<link rel="canonical" href="{canonical}">' in html
    assert 'href="../../_static/favicon.svg"' in html
    (room / "pyramid-and-grade.md").write_text(f"---\ndescription: {SPOKEN} It is.\n---\n# Old\n")
    contents(book, "book/3-segmentation/pyramid", "book/3-segmentation/pyramid-and-grade")
    assert build(book, book) == ""
    html = (book / "_build/html/book/3-segmentation/pyramid-and-grade.html").read_text("utf-8")
    assert "refresh" not in html


def test_code_is_seen_folded_or_left_out_by_what_it_is_for(book):
    write_notebook(
        book / "book/work.ipynb",
        cell("1 + 1"),
        cell("prepared = 1"),
        cell("assert prepared == 1", tags=["claims"]),
    )
    contents(book, "book/work")
    assert build(book, book) == ""
    html = (book / "_build/html/book/work.html").read_text("utf-8")
    assert re.search(r'<details class="code" open="open">\s*<summary>Code</summary>', html)
    assert "Preparation: 1 lines of code" in html
    assert "Estimated minutes: 5 to read and play · 0 for exercises" in html
    assert "assert" not in html


def test_a_formula_that_cannot_be_rendered_stops_the_build(book):
    contents(book)
    with (book / "book/intro.md").open("a") as page:
        page.write("\n$$\n\\begin{nothing} a & b \\end{nothing}\n$$\n")
    said = build(book, book)
    assert "intro.md" in said


def test_markup_that_a_student_could_not_read_stops_the_build(book):
    """It builds as a page; as a notebook on its own it would show raw MyST."""
    contents(book, "book/fine")
    write_notebook(book / "book/fine.ipynb", cell("Fine.\n\n{kbd}`Tab`", kind="markdown"))
    for _ in range(2):  # also when nothing has changed
        said = build(book, book)
        assert "book/fine.ipynb, cell 2, line 3: the role {kbd} has no plain form" in said
    assert not (book / "_build/html/notebooks/fine.ipynb").exists()
    write_notebook(book / "book/fine.ipynb", cell("Fine.\n\nPress `Tab`.", kind="markdown"))
    assert build(book, book) == ""
    assert (book / "_build/html/notebooks/fine.ipynb").is_file()
