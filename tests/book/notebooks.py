"""The notebooks of the book, as data."""

import json
import re
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(p for p in BOOK.rglob("*.ipynb") if "_templates" not in p.parts)
NAMES = [p.relative_to(BOOK).as_posix() for p in NOTEBOOKS]


@cache
def cells(name):
    """Return the cells of a notebook with `source` as one text."""
    found = json.loads((BOOK / name).read_text("utf8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in found]


def code_cells(name):
    return [c for c in cells(name) if c["cell_type"] == "code"]


def text(name):
    return "\n\n".join(c["source"] for c in cells(name) if c["cell_type"] == "markdown")


def front_matter(name):
    return yaml.safe_load(text(name).split("---")[1])


def headings(markdown, level):
    """Return the headings of a level, outside code and directives."""
    plain = re.sub(r"^(`{3,}|:{3,}).*?^\1", "", markdown, flags=re.S | re.M)
    return re.findall(rf"^{'#' * level} (.+)$", plain, flags=re.M)
