"""Which pages the site has: read from the table of contents, so a new page is tested by itself."""

import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "book/_ext"))
from root_pages import MOVED  # noqa: E402, F401

PREFIX = "/course/"
SITE_URL = "https://example.org/course/"


def listed(entry):
    """Yield the page of an entry of _toc.yml and the pages below it."""
    yield entry["file"]
    for below in entry.get("sections", ()):
        yield from listed(below)


TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
# in reading order
BOOK = [TOC["root"], *(p for part in TOC["parts"] for e in part["chapters"] for p in listed(e))]
BOOK_PAGES = [f"{name}.html" for name in BOOK]
PAGES = [*BOOK_PAGES, "search.html", "404.html"]
NOTEBOOKS = [name for name in BOOK if (ROOT / f"{name}.ipynb").is_file()]
WORKED = [f"{name}.html" for name in NOTEBOOKS]
CHAPTERS = [page for page in BOOK_PAGES if re.fullmatch(r"book/\d-\w+/index\.html", page)]
# Has an explorer, a self-check, terms, exercises: what a component does is tested there, once.
SAMPLE = "book/3-segmentation/rfm.html"


def cells(name):
    """Return the cells of a notebook."""
    return json.loads((ROOT / f"{name}.ipynb").read_text("utf-8"))["cells"]


def text(name):
    """Return the source of a Markdown page."""
    return (ROOT / f"{name}.md").read_text("utf-8")
