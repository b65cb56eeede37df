"""The student edition: a page as a notebook without solutions, in Markdown that needs no book.

    python book/_ext/student_edition.py PAGE.ipynb COPY.ipynb

The build writes one for each notebook page, and the page's download button gives it. There is one
source: what is here is made from the page and never edited. A page whose markup cannot be turned
into plain Markdown stops the build with cell and line.
"""

import ast
import json
import shutil
import sys
from pathlib import Path

from book_names import Names
from front_matter import of_notebook
from plain_markdown import Block, NotPlain, blocks, leftover, plain

FOLDER = "notebooks"
BOOK = "From Lead to Key Account"
HOW_TO_RUN = (
    "> To run this notebook you need the package of the course, `keyaccounts`. In a copy of the"
    " course's repository, `make lab` sets up everything. In an environment of your own,"
    ' `pip install ".[plot,widgets]"` in that copy is enough.'
)
LICENSE = (
    "---\n\n*{title}* is a page of **{book}**. The text is under"
    " [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), the code under the MIT license."
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CODE_ANSWER, TEXT_ANSWER = "# Your answer", "**Your answer:**"
DOUBLE, SINGLE = '"' * 3, "'" * 3


class BadPage(ValueError):
    """A page has no student edition; the message names the cell and the line."""


def student_edition(notebook, names, folder):
    """Return the student edition of a notebook (parsed JSON).

    `names` knows titles and sources; `folder` is where the page's question files lie.
    """
    matter, rest = of_notebook(notebook)
    before = "".join(notebook["cells"][0]["source"]).count("\n") - rest.count("\n") if matter else 0
    cells = [dict(c, source="".join(c["source"])) for c in notebook["cells"]]
    if matter:
        # empty lines instead of the front matter: the line numbers stay those of the page
        cells[0].update(cell_type="markdown", source="\n" * before + rest)
    made, title = [], BOOK
    for number, line, cell in without_solutions(cells):
        try:
            if cell["cell_type"] == "code":
                cell = code(cell, folder)
            else:
                cell = {**cell, "source": plain(cell["source"], names, line)}
                if not made:
                    title, cell = opening(cell, matter, names)
                if found := leftover(cell["source"]):
                    raise NotPlain(f"{found!r} is left", line)
        except NotPlain as error:
            raise BadPage(f"cell {number}, line {error.line}: {error}") from error
        if cell["source"]:
            made.append(cell)
    made.append(markdown("license", LICENSE.format(title=title, book=BOOK)))
    return {
        "cells": [bare(cell) for cell in made],
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


# --- solutions ---


def without_solutions(cells):
    """Yield (cell number, first line, cell), an empty answer in place of each solution."""
    kinds = None  # of the cells in the solution that is open
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] != "markdown":
            if kinds is not None:
                kinds.add(cell["cell_type"])
            elif "solution" in cell["metadata"].get("tags", ()):
                yield number, 1, answer(cell, number, CODE_ANSWER)
            else:
                yield number, 1, cell
            continue
        if kinds is None and "solution" in cell["metadata"].get("tags", ()):
            yield number, 1, answer(cell, number, TEXT_ANSWER)
            continue
        kept = []
        for block in parted(cell["source"], number):
            if kinds is not None:
                if block.name == "solution-end":
                    yield (
                        number,
                        1,
                        answer(cell, block.line, CODE_ANSWER if "code" in kinds else TEXT_ANSWER),
                    )
                    kinds = None
            elif block.name in ("solution", "solution-start"):
                yield from piece(cell, number, kept)
                kept = []
                if block.name == "solution":
                    yield number, 1, answer(cell, block.line, TEXT_ANSWER)
                else:
                    kinds = set()
            elif block.name == "solution-end":
                raise BadPage(f"cell {number}, line {block.line}: no solution was started")
            else:
                kept.append(block)
        yield from piece(cell, number, kept)
    if kinds is not None:
        raise BadPage("the last solution has no end")


def parted(text, number) -> list[Block]:
    """Return the blocks of a cell; a fault in their marks names the cell."""
    try:
        return list(blocks(text))
    except NotPlain as error:
        raise BadPage(f"cell {number}, line {error.line}: {error}") from error


def piece(cell, number, kept):
    """Yield what is kept of a cell, unless it is empty."""
    text = "\n".join(line for block in kept for line in block.lines)
    if text.strip():
        first = kept[0].line
        own = cell["id"] if first == 1 else f"{cell['id']}-{first}"
        yield number, first, {**cell, "id": own, "source": text}


def answer(cell, place, source):
    name = f"{cell['id']}-answer-{place}"
    return markdown(name, source) if source == TEXT_ANSWER else new_code(name, source)


def markdown(name, source):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def new_code(name, source):
    bare = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return {**bare, "execution_count": None, "outputs": []}


# --- the other cells ---


def bare(cell):
    """Return a cell as it is written, without the tags that book and slides go by."""
    metadata = {k: v for k, v in cell["metadata"].items() if k != "tags"}
    return {**cell, "metadata": metadata, "source": cell["source"].splitlines(keepends=True)}


def opening(cell, matter, names):
    """Return the page's title, and the first cell with minutes and how to run it below it."""
    heading, _, rest = cell["source"].strip().partition("\n")
    if not heading.startswith("# "):
        raise NotPlain("the page does not open with its title", 1)
    facts = [f"{matter['minutes']} minutes"] if "minutes" in matter else []
    needs = [n.strip() for n in str(matter.get("needs", "")).split(",") if n.strip()]
    if needs:
        try:
            facts.append(f"you need: {', '.join(map(names.title, needs))}")
        except LookupError as error:
            raise NotPlain(f"it needs {error}, which is no page", 1) from error
    parts = [heading, " · ".join(facts), HOW_TO_RUN, rest.strip()]
    return heading[2:].strip(), {**cell, "source": "\n\n".join(filter(None, parts))}


def code(cell, folder):
    """Return a code cell as nobody has run it, its questions with it."""
    source = with_questions(cell["source"], folder)
    metadata = dict(cell["metadata"])
    if source != cell["source"]:
        metadata["jupyter"] = {"source_hidden": True}  # the answers stand there
    return {**cell, "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def with_questions(source, folder):
    """Write the questions of a file into the call that shows them: the notebook travels alone."""
    if "self_check" not in source:
        return source
    for node in ast.walk(ast.parse(source)):
        if not (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("self_check")
            and node.args
        ):
            continue
        given = node.args[0]
        if isinstance(given, ast.Constant) and str(given.value).endswith(".toml"):
            path = Path(folder, given.value)
            if not path.is_file():
                raise NotPlain(f"there are no questions {given.value!r}", given.lineno)
            return replaced(source, given, literal(path.read_text("utf8")))
    return source


def replaced(source, node, text):
    """Return source code with one of its expressions replaced."""
    lines = source.splitlines(keepends=True)

    def offset(line, column):  # columns count bytes
        return len("".join(lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    start = offset(node.lineno, node.col_offset)
    end = offset(node.end_lineno, node.end_col_offset)
    return source[:start] + text + source[end:]


def literal(text):
    """Return a text as a Python literal that keeps its lines where that is possible."""
    for quotes in (DOUBLE, SINGLE):
        written = f"{'r' if chr(92) in text else ''}{quotes}\n{text.strip()}\n{quotes}"
        if quotes not in text:
            return written
    return repr(text)


# --- written by hand or by the build ---


def written(page, root):
    """Return the student edition of the page at a path, as the text of a notebook file."""
    notebook = json.loads(page.read_text("utf8"))
    edition = student_edition(notebook, Names(root, page), page.parent)
    return json.dumps(edition, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def address(docname):
    """Return where the site keeps the student edition of a page."""
    return f"{FOLDER}/{docname.removeprefix('book/')}.ipynb"


def write_all(app, exception):
    """Write the student edition of every notebook page (all of them: it takes milliseconds)."""
    if exception or app.builder.name != "html":
        return
    from sphinx.util import logging  # the command above works without Sphinx

    log = logging.getLogger(__name__)
    shutil.rmtree(Path(app.outdir, FOLDER), ignore_errors=True)
    for docname in sorted(app.env.found_docs):
        page = Path(app.env.doc2path(docname))
        if page.suffix != ".ipynb":
            continue
        target = Path(app.outdir, address(docname))
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_text(written(page, Path(app.srcdir)), "utf8", newline="\n")
        except BadPage as error:
            log.warning("no student edition of %s.ipynb, %s", docname, error)


def main(arguments):
    if len(arguments) != 2:
        return "usage: student_edition.py PAGE.ipynb COPY.ipynb"
    page, copy = map(Path, arguments)
    try:
        text = written(page.resolve(), Path(__file__).resolve().parents[2])
        copy.write_text(text, "utf8", newline="\n")
    except (BadPage, OSError) as error:
        return f"{page}, {error}"
    return None


def setup(app):
    app.connect("build-finished", write_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
