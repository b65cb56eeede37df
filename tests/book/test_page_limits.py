"""A page is one lesson: how much it may hold, counted as book/_ext/page_counts.py counts."""

import re
import sys

import pytest
from notebooks import BOOK, NAMES, front_matter

sys.path.append(str(BOOK / "_ext"))
from page_code import hidden, methods
from page_counts import counts, minutes, of_file

# page: the one limit that it may break, for the reason that stands in its front matter
EXCEEDING = {"3-segmentation/is-it-working.ipynb": "loads"}

LIMITS = {
    "words": 1_800,  # without solutions and self-check
    "sections": 4,  # before "The method"
    "cells": 12,  # code cells with an output, without the explorer
    "lines": 60,  # of these cells
    "folded": 8,  # lines that only prepare
    "methods": 12,  # different ones of pandas and numpy
    "tables": 7,
    "figures": 3,  # as many fewer than tables
    "loads": 3,  # different tables of the course
    "numbers": 5,  # in 100 words
    "terms": 8,  # linked to the glossary
}
# What the whole course uses of pandas. Another method is explained where it first stands.
METHODS = {"assign", "between", "head", "isin", "map", "mean", "median", "merge", "nlargest"}
METHODS |= {"query", "sort_values", "sum", "value_counts"}

TEMPLATE = "_templates/page.ipynb"
KEPT = [TEMPLATE, *NAMES]
pages = pytest.mark.parametrize("name", KEPT)


def measured(held):
    """Return the counts that have a limit, as numbers."""
    held = {**held, "methods": methods(held["codes"])}
    numbers = {n: held[n] if isinstance(held[n], int | float) else len(held[n]) for n in LIMITS}
    return {**numbers, "figures": numbers["tables"] - numbers["figures"]}


def over(held):
    """Return what is above its limit, with both numbers."""
    return {n: (v, LIMITS[n]) for n, v in measured(held).items() if v > LIMITS[n]}


def faults(held):
    """Yield what else a page holds too much or too little of."""
    if sorted(held["exercises"]) != ["Apply", "Judge", "Warm-up"]:
        yield f"exercises: {held['exercises']}; one of each kind"
    if held["questions"] not in (5, 6):
        yield f"self-check: {held['questions']} questions; five or six"
    if len(held["explorers"]) != 1:
        yield f"{len(held['explorers'])} explorers; one"
    if not all(re.search(r"#.*\bexplorer\b", source) for source in held["explorers"]):
        yield "a comment of the explorer's code says that it is one"
    if taken := hidden(held["codes"]):
        yield f"visible code takes from folded code: {', '.join(sorted(taken))}"
    for name in sorted(methods(held["codes"]) - METHODS):
        if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", held["prose"]):
            yield f"`{name}` is not on the course's list, and no sentence explains it"


@pages
def test_a_page_is_one_lesson(name):
    held = of_file(BOOK / name)
    allowed = EXCEEDING.get(name)
    assert {n: v for n, v in over(held).items() if n != allowed} == {}
    assert list(faults(held)) == []


@pytest.mark.parametrize("name", [TEMPLATE, *NAMES])
def test_a_limit_is_broken_for_a_reason(name):
    limit, _, reason = front_matter(name).get("exceeds", "").partition(": ")
    assert limit == EXCEEDING.get(name, ""), "EXCEEDING and the front matter name the same limit"
    if limit:
        assert limit in over(of_file(BOOK / name)), "no longer broken: take it out of both"
        assert len(reason.split()) >= 5


def test_contributors_read_the_limits_that_are_held():
    written = (BOOK.parent / "CONTRIBUTING.md").read_text("utf8")
    rows = re.findall(r"^\| `(\w+)`.* \| \D*([\d,]+) \|$", written, flags=re.M)
    assert {name: int(limit.replace(",", "")) for name, limit in rows} == LIMITS
    listed = re.search(r"Of pandas the course uses(.*?);", written, re.S)[1]
    assert {*re.findall(r"`(\w+)`", listed)} == METHODS


def test_readers_are_told_the_minutes_that_pages_take():
    """The first page and the README name one pair of minutes for all pages."""
    for file in ("README.md", "book/intro.md"):
        words = " ".join((BOOK.parent / file).read_text("utf8").split())
        said = re.search(
            r"about (\d+) minutes to read and play,? and (\d+) for its exercises", words
        )
        told = [int(number) for number in said.groups()]
        for name in set(KEPT) - {TEMPLATE}:
            for number, counted in zip(told, minutes(of_file(BOOK / name)), strict=True):
                assert abs(number - counted) <= 10, f"{name}: {counted} minutes"


# --- what is counted, on a small page ---


def page(*cells):
    """A page; a cell is text, or (code, tag, outputs)."""
    made = []
    for cell in cells:
        source, tag, *outputs = (cell, "") if isinstance(cell, str) else cell
        kind = "markdown" if isinstance(cell, str) else "code"
        data = [{"data": {mime: text}} for mime, text in outputs]
        made.append(
            {"cell_type": kind, "metadata": {"tags": [tag]}, "source": source, "outputs": data}
        )
    return {"cells": made}


TABLE = ("text/html", "<table></table>")
FIGURE = ("image/svg+xml", "<svg/>")


def test_words_tables_and_numbers_are_those_of_the_prose(tmp_path):
    held = counts(
        page(
            "---\nminutes: five\n---\n# One two\n\nThree {term}`four <five>` 6,000 of 80/20 `7`.",
            "## A part\n\n| a | b |\n|---|--:|\n| c | d |\n\n$$\nx\n$$\n\n## The method\n\n$y$ six",
            "```{exercise} Judge: why?\n:label: a\nBecause\n```\n\n```{solution} a\nSo\n```",
            "```{exercise-start} Apply: it\n:label: b\n```\nseven\n```{exercise-end}\n```",
            "```{solution-start} b\n```",
            ("hidden.head()", "solution", TABLE),
            "No word of it\n```{solution-end}\n```",
        ),
        tmp_path,
    )
    # One two Three term four five, A part The method, six, seven
    assert (held["words"], held["tables"], held["sections"], held["formulas"]) == (12, 1, 1, 1)
    assert held["numbers"] == pytest.approx(100 * 2 / 12)
    assert (held["terms"], held["exercises"]) == ({"five"}, ["Judge", "Apply"])
    assert held["codes"] == []


def test_code_is_visible_or_folded_and_an_explorer_is_neither(tmp_path):
    (tmp_path / "q.toml").write_text("[[question]]\n[[question]]\n", "utf8")
    held = counts(
        page(
            ('import numpy as np\na = ka.datasets.load("orders")\nb = a.head()', ""),
            ("c = a.query('x > 1')\n\nka.table(c).mean()", "", TABLE, FIGURE),
            ("np.mean(b.loc[0]).table.sum()\npd.DataFrame()", "", TABLE),
            ('ka.datasets.load("calls").sort_values()\nka.widgets.explore(1)', "hide-input", TABLE),
            ("assert c.sum() == 3", "claims"),
            ('ka.widgets.self_check("q.toml")', "self-check", TABLE),
        ),
        tmp_path,
    )
    assert (held["cells"], held["lines"], held["folded"]) == (2, 4, 3)
    assert (held["tables"], held["figures"], held["loads"]) == (2, 1, {"orders", "calls"})
    assert methods(held["codes"]) == {"head", "query", "mean", "loc", "sum"}
    assert hidden(held["codes"]) == {"b"}
    assert (held["questions"], len(held["explorers"])) == (2, 1)
    assert {*faults(held)} >= {"self-check: 2 questions; five or six"}


def test_minutes_follow_from_the_counts():
    held = {"words": 1500, "tables": 5, "figures": 4, "formulas": 1, "lines": 40, "questions": 5}
    held |= {"explorers": ["one"], "stops": 2, "exercises": ["Warm-up", "Apply", "Judge"]}
    # 10 + 3 + 3 + 1 + 2 + 4 + 5 + 6 + 2 = 36; 6 + 18 + 15 = 39
    assert minutes(held) == (35, 40)
