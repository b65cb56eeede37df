"""Start a page of the book: `make page CHAPTER=3-segmentation NAME=pyramid`.

    python book/_templates/new_page.py 3-segmentation pyramid

Copies the page and the questions beside this file, which are complete and hold the frame, and says
what comes next. An existing page is never touched. Needs nothing but Python.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NEXT = """\
Wrote {page}
and   {questions}

Next:
1. Write. `make lab EDITION=author` opens it; each part says what it is for, CONTRIBUTING.md more.
2. List it in _toc.yml, below its chapter: - file: {listed}
3. Add what it teaches to book/coverage.csv, a row for each item of the curriculum, sorted.
4. Run it and keep its outputs: make run PAGE={page}
5. Check it: make test-book, then make book and look."""


class Refused(ValueError):
    """The page cannot be started; the message says why."""


def start(book, chapter, name):
    """Write a new page below the folder `book`; return the paths of the page and its questions."""
    rooms = chapters(book)
    if chapter not in rooms:
        raise Refused(f"{chapter!r} is no chapter; CHAPTER is one of {', '.join(rooms)}")
    if not NAME.fullmatch(name) or name == "index":
        raise Refused(f"{name!r} is no name; use small letters, digits and single hyphens")
    page = book / chapter / f"{name}.ipynb"
    questions = book / chapter / "questions" / f"{name}.toml"
    for path in (page, page.with_suffix(".md"), questions):
        if path.exists():
            raise Refused(f"{path} exists; choose another NAME")
    questions.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(filled(name), "utf8", newline="\n")
    questions.write_text((HERE / "questions" / "page.toml").read_text("utf8"), "utf8", newline="\n")
    return page, questions


def chapters(book):
    """Return the folders of chapters: the stations of the map, and those that exist."""
    stations = tomllib.loads((HERE.parent / "_ext" / "journey.toml").read_text("utf8"))["station"]
    there = {path.name for path in book.glob("[0-9]-*") if path.is_dir()}
    return sorted(there | {station["folder"] for station in stations})


def filled(name):
    """Return the template as a notebook with a title and labels of its own, not yet run."""
    notebook = json.loads((HERE / "page.ipynb").read_text("utf8"))
    title = name.replace("-", " ").capitalize()
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        text = re.sub(r"^# .+$", f"# {title}", text, flags=re.M)
        text = re.sub(r"\bpage-(?=warm-up|apply|judge)", f"{name}-", text)
        text = text.replace("questions/page.toml", f"questions/{name}.toml")
        cell["source"] = text.splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments):
    """Start the page that is asked for; return what went wrong, or None."""
    if len(arguments) != 2 or not all(arguments):
        return "Say which page: make page CHAPTER=3-segmentation NAME=pyramid"
    root = HERE.parents[1]
    try:
        page, questions = (p.relative_to(root) for p in start(root / "book", *arguments))
    except Refused as refused:
        return str(refused)
    listed = page.with_suffix("").as_posix()
    print(NEXT.format(page=page.as_posix(), questions=questions.as_posix(), listed=listed))
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
