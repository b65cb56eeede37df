"""The student edition: a page as a notebook without solutions, in Markdown that needs no book.

    python book/_ext/student_edition.py lab

The download button of a page gives it, and `make lab` opens it. It is made from the page and holds
no answer: questions stay where the package keeps them. The package lies beside it on the site.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

from front_matter import of_notebook
from page_counts import takes
from plain_markdown import Names, NotPlain, blocks, joined

FOLDER = "notebooks"
BOOK = "From Lead to Key Account"
NOTE = """\
> **To run this notebook**, type once in a terminal, with Python 3.11 or newer:
>
> ```
> pip install {what} jupyterlab
> ```
>
> {where}Then `jupyter lab` opens it. With another program for notebooks, leave `jupyterlab` out."""
BESIDE = "Type it where `{wheel}` lies, the file that is offered beside this notebook. "
LICENSE = (
    "---\n\n*{title}* is a page of **{book}**. The text is under"
    " [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), the code under the MIT license."
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ANSWER = {"code": ("code", "# Your answer"), "markdown": ("markdown", "**Your answer:**")}
QUESTIONS = re.compile(r'(?<=self_check\(")[^"\n]+\.toml(?="\))')


class BadPage(ValueError):
    """A page has no student edition; the message names the cell and the line."""


def student_edition(notebook, names, note=""):
    """Return the student edition of a notebook (parsed JSON); `note` goes below its title."""
    matter, first = of_notebook(notebook)
    skipped = "".join(notebook["cells"][0]["source"]).count("\n") - first.count("\n")
    made, inside, number = [], False, 0
    try:
        for number, cell in enumerate(notebook["cells"], 1):
            source, line = "".join(cell["source"]), 1
            if number == 1 and matter:
                source, line = first, 1 + skipped
            if "solution" in cell["metadata"].get("tags", ()) and not inside:
                made.append(ANSWER[cell["cell_type"]])
                continue
            if cell["cell_type"] == "code":
                if not inside and "claims" not in cell["metadata"].get("tags", ()):
                    made.append(("code", code(source, names)))
                continue
            kept = []
            for block in blocks(source, line):
                if block.name in ("solution", "solution-start") and not inside:
                    inside = block.name == "solution-start"
                    made.append(("markdown", joined(kept, names)))
                    made.append(ANSWER["code" if inside else "markdown"])
                    kept = []
                elif block.name == "solution-end" and inside:
                    inside = False
                elif not inside:
                    kept.append(block)
            made.append(("markdown", joined(kept, names)))
            if number == 1:
                about = takes(notebook, names.page.parent)
                made[0] = ("markdown", opening(made[0][1], about, matter, names, note))
    except NotPlain as error:
        raise BadPage(f"cell {number}, line {error.line}: {error}") from error
    if inside:
        raise BadPage("the last solution has no end")
    title = made[0][1].partition("\n")[0].removeprefix("# ")
    made.append(("markdown", LICENSE.format(title=title, book=BOOK)))
    return {
        "cells": [bare(*cell, n) for n, cell in enumerate((c for c in made if c[1]), 1)],
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def code(source, names):
    """Return a code cell whose questions are named as the package finds them."""

    def as_in_the_package(found):
        path = names.page.parent / found[0]
        if not path.is_file():
            raise NotPlain(f"there are no questions {found[0]!r}", 1)
        return path.relative_to(names.root / "book").as_posix()

    return QUESTIONS.sub(as_in_the_package, source)


def opening(text, about, matter, names, note):
    """Return the first cell, with minutes, needs and the note below the title."""
    title, _, rest = text.partition("\n")
    if not title.startswith("# "):
        raise NotPlain("the page does not open with its title", 1)
    facts = [about]
    needs = [n.strip() for n in str(matter.get("needs", "")).split(",") if n.strip()]
    if needs:
        try:
            facts.append(f"you need: {', '.join(map(names.title, needs))}")
        except LookupError as error:
            raise NotPlain(f"it needs {error}, which is no page", 1) from error
    return "\n\n".join(filter(None, [title, " · ".join(facts), note, rest.strip()]))


def bare(kind, source, number):
    """Return a cell that nobody has run."""
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    return {**cell, "source": source.splitlines(keepends=True)}


def written(page, root, note=""):
    """Return the student edition of the page at a path, as the text of a notebook file."""
    try:
        edition = student_edition(json.loads(page.read_text("utf8")), Names(root, page), note)
    except BadPage as error:
        raise BadPage(f"{page.relative_to(root).as_posix()}, {error}") from error
    return json.dumps(edition, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


# --- `make lab` ---


def fingerprint(text):
    """Return a digest of what a notebook says; None of what is no notebook.

    JupyterLab writes more into a file that was only looked at or run: that is no change.
    """
    try:
        said = [[c["cell_type"], "".join(c["source"])] for c in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):
        return None
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def fill(lab, root):
    """Write all pages into a folder; return those that a student has changed, which stay.

    The folder remembers what was written into it: a page that still says that is written anew.
    The values tell whether the course has another edition by now.
    """
    memory = lab / ".written.json"
    known = json.loads(memory.read_text("utf8")) if memory.is_file() else {}
    kept = {}
    for page in sorted(root.glob("book/[0-9]-*/*.ipynb")):
        name = page.relative_to(root / "book").as_posix()
        copy, text = lab / name, written(page, root)
        new = fingerprint(text)
        mine = fingerprint(copy.read_bytes()) if copy.exists() else ""
        if mine not in ("", new, known.get(name)) or mine is None:
            kept[copy] = known.get(name) != new
            continue
        if mine != new:
            copy.parent.mkdir(parents=True, exist_ok=True)
            unfinished = copy.with_suffix(".part")
            unfinished.write_text(text, "utf8", newline="\n")
            unfinished.replace(copy)
        known[name] = new
    memory.write_text(json.dumps(known, indent=1) + "\n", "utf8", newline="\n")
    return kept


def main(arguments):
    if len(arguments) != 1:
        return "usage: student_edition.py FOLDER"
    lab = Path(arguments[0])
    try:
        kept = fill(lab, Path(__file__).resolve().parents[2])
    except BadPage as error:
        return str(error)
    print(f"The pages are in the folder {lab}, without solutions. What you change there stays.")
    for copy, outdated in kept.items():
        print(f"Yours, left as it is: {copy}")
        if outdated:
            print("  The page has changed since: rename yours, and the new one will lie beside it.")
    return None


# --- the site ---


def address(docname):
    """Return where the site keeps the student edition of a page."""
    return f"{FOLDER}/{docname.removeprefix('book/')}.ipynb"


def make_wheel(app):
    """Put the package where the notebooks will be; the same files give the same bytes."""
    folder = Path(app.outdir, FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    app.course_wheel = None
    if app.builder.name == "html" and Path(app.srcdir, "pyproject.toml").is_file():
        from hatchling.builders.wheel import WheelBuilder  # `make lab` needs none

        *_, made = WheelBuilder(str(app.srcdir)).build(directory=str(folder), versions=["standard"])
        app.course_wheel = Path(made)


def offer(app, pagename, templatename, context, doctree):
    """Tell the template of a page where its notebook lies, and the package."""
    if pagename in app.env.found_docs and app.env.doc2path(pagename).endswith(".ipynb"):
        context["notebook"] = context["pathto"](address(pagename), 1)
        if wheel := app.course_wheel:
            context["wheel"] = context["pathto"](f"{FOLDER}/{wheel.name}", 1)
            context["wheel_size"] = f"{wheel.stat().st_size / 1e6:.1f} MB"


def note_for(app):
    """Say how a reader of the site gets what a notebook needs."""
    wheel, site = app.course_wheel, app.config.html_baseurl
    if wheel is None:
        return ""
    if site:
        return NOTE.format(what=f'"keyaccounts[notebook] @ {site}{FOLDER}/{wheel.name}"', where="")
    return NOTE.format(what=f'"./{wheel.name}[notebook]"', where=BESIDE.format(wheel=wheel.name))


def write_all(app, exception):
    """Write the student edition of every notebook page (all of them: it takes a second)."""
    if exception or app.builder.name != "html":
        return
    from sphinx.util import logging  # `make lab` needs none

    log = logging.getLogger(__name__)
    for docname in sorted(app.env.found_docs):
        page = Path(app.env.doc2path(docname))
        if page.suffix != ".ipynb":
            continue
        target = Path(app.outdir, address(docname))
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_text(written(page, Path(app.srcdir), note_for(app)), "utf8", newline="\n")
        except BadPage as error:
            log.warning("no student edition of %s", error)


def setup(app):
    app.connect("builder-inited", make_wheel)
    app.connect("html-page-context", offer)
    app.connect("build-finished", write_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
