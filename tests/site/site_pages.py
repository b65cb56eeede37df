"""Which pages the site has: read from the table of contents, so a new page is tested by itself."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
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
