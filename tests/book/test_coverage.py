"""coverage.csv: each curriculum item points at a page, a place on it and a function that exist."""

import csv
import re

import keyaccounts as ka
import pytest
from notebooks import BOOK, headings
from page_texts import page_texts

ROWS = list(csv.DictReader((BOOK / "coverage.csv").read_text("utf8").splitlines()))
TEXTS = dict(page_texts())


def anchors(markdown):
    """Return the anchors that headings and labels of a page make."""
    names = [h for level in (1, 2, 3) for h in headings(markdown, level)]
    made = {re.sub(r"[^a-z0-9]+", "-", h.lower()).strip("-") for h in names}
    return made | set(re.findall(r"^\((.+)\)=$", markdown, flags=re.M))


def test_columns_and_ids():
    assert list(ROWS[0]) == ["id", "page", "function"]
    assert all(re.fullmatch(r"(INFO|PROS|SEG|KAP|SERV|CASE|META)-\d\d", r["id"]) for r in ROWS)
    keys = [tuple(r.values()) for r in ROWS]
    assert keys == sorted(set(keys)), "sorted, each row once"


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_page_and_place_exist(row):
    page, _, place = row["page"].partition("#")
    markdown = TEXTS[f"book/{page}"]
    assert not place or place in anchors(markdown)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_function_exists(row):
    if row["function"] == "prose":
        return
    start, *path = row["function"].split(".")
    assert start == "ka"
    found = ka
    for name in path:
        found = getattr(found, name)
    assert callable(found)
    assert found.__doc__
