"""coverage.csv: each curriculum item points at a page, a place on it and a function that exist."""

import csv
import re

import keyaccounts as ka
import pytest
from notebooks import BOOK, headings
from page_texts import page_texts

ROWS = list(csv.DictReader((BOOK / "coverage.csv").read_text("utf8").splitlines()))
PROSE = [r for r in ROWS if r["function"] == "prose"]
CALLED = [r for r in ROWS if r["function"] != "prose"]
TEXTS = dict(page_texts())


def anchor(heading):
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def anchors(markdown):
    """Return the anchors that headings and labels of a page make."""
    names = [h for level in (1, 2, 3) for h in headings(markdown, level)]
    return {*map(anchor, names)} | set(re.findall(r"^\((.+)\)=$", markdown, flags=re.M))


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


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["function"] == "prose"], ids=lambda r: r["id"]
)
def test_what_no_function_answers_is_told_in_a_section_of_its_own(row):
    """A heading alone teaches nothing: a reader finds there at least a paragraph or two."""
    page, _, place = row["page"].partition("#")
    parts = re.split(r"^#{1,3} (.+)$", TEXTS[f"book/{page}"], flags=re.M)
    sections = dict(zip(map(anchor, parts[1::2]), parts[2::2], strict=True))
    assert len(re.findall(r"[A-Za-z]{2,}", sections[place])) >= 60


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["function"] != "prose"], ids=lambda r: r["id"]
)
def test_function_exists(row):
    start, *path = row["function"].split(".")
    assert start == "ka"
    found = ka
    for name in path:
        found = getattr(found, name)
    assert callable(found)
    assert found.__doc__
