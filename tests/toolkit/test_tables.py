"""Tables for reading: what stands in them, and that every kind of frame can be shown."""

from __future__ import annotations

import ast
import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError, DataError
from keyaccounts.tables import number, percent

ACCOUNTS = pd.DataFrame(
    {
        "account_id": [10234, 10235],
        "name": ["A & <b>", "B"],
        "revenue": [1234567.891, -0.5],
        "orders": [1200, 3],
        "share": [0.876, 0.124],
        "visited": [dt.datetime(2026, 1, 5), None],
    }
)


class Cells(HTMLParser):
    """Collects tags with their attributes, and the text of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"th", "td", "caption"}:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data.strip()


def parsed(table: object) -> Cells:
    reader = Cells()
    reader.feed(table._repr_html_())
    return reader


def test_cells_are_written_for_a_reader() -> None:
    shown = ka.table(ACCOUNTS, "Two accounts", percent=["share"], digits={"revenue": 1})
    assert shown.labels == ("account", "name", "revenue", "orders", "share", "visited")
    assert shown.cells == (
        ("10234", "A & <b>", "1,234,567.9", "1,200", "88 %", "2026-01-05"),
        ("10235", "B", "−0.5", "3", "12 %", "–"),
    )


def test_html_has_a_caption_scopes_and_no_empty_header() -> None:
    reader = parsed(ka.table(ACCOUNTS, "Two <accounts>", percent=["share"]))
    assert reader.texts[0] == "Two <accounts>"
    heads = [a for tag, a in reader.tags if tag == "th"]
    assert all(a["scope"] == "col" for a in heads)
    assert all(reader.texts[1:7])
    assert [a.get("class") for a in heads] == ["num", None, "num", "num", "num", None]
    around = dict(reader.tags[:1])["div"]
    assert around["role"] == "region"
    assert around["tabindex"] == "0"
    assert around["aria-label"] == "Two <accounts>"


def test_headings_order_and_rows_left_out() -> None:
    many = pd.DataFrame({"n": range(2357)})
    shown = ka.table(many, "Many", columns={"n": "Number (pieces)"}, rows=3)
    assert shown.labels == ("Number (pieces)",)
    assert shown.note == "3 of 2,357 rows"
    assert "3 of 2,357 rows" in shown._repr_html_()
    assert repr(shown).splitlines() == ["Many", "", "Number (pieces)",
        "              0", "              1", "              2", "3 of 2,357 rows"]  # fmt: skip


def test_a_column_of_whole_numbers_gets_no_decimals() -> None:
    shown = ka.table(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.5]}), "Numbers")
    assert shown.cells == (("1", "1.00"), ("2", "2.50"))


def test_what_has_no_end_is_written_as_such() -> None:
    open_ends = pd.DataFrame({"from": [-float("inf"), 31.0], "share": [0.5, float("inf")]})
    shown = ka.table(open_ends, "Ends", percent=["share"])
    assert shown.cells == (("−∞", "50 %"), ("31", "∞"))


ZEROS = [0.0, -0.0, -0.004, -1e-12, np.float32(-0.0), np.float64(-0.004), Decimal("-0.00")]


@pytest.mark.parametrize("zero", ZEROS, ids=repr)
def test_what_rounds_to_zero_has_no_minus(zero: Any) -> None:
    assert (number(zero), number(zero, ",.2f")) == ("0", "0.00")
    assert percent(zero) == "0 %"
    rounded = round(float(zero), 2)
    assert (number(rounded, "g"), number(rounded, ",g"), number(rounded, ",")) == ("0", "0", "0.0")
    assert percent(zero / 10, ".1f", sign="+") == "+0.0 %"
    column = pd.DataFrame({"n": [zero, 2.5], "share": [zero, 0.5]})
    assert ka.table(column, "Column", percent=["share"]).cells[0] == ("0.00", "0 %")
    assert ka.table({"a": zero}, "Fact").cells[0][1] in ("0", "0.00")
    text = ka.widgets.slider("Change", [rounded, 1], start=1, unit="%").texts
    assert text == ("0 %", "100 %")


def test_a_whole_zero_has_no_minus() -> None:
    frame = pd.DataFrame({"n": [-0.0, 2.0], "seat_id": [-0.0, 7.0]})
    assert ka.table(frame, "Whole").cells == (("0", "0"), ("2", "7"))
    exact = pd.DataFrame({"n": [Decimal("-0"), Decimal("-1234"), Decimal("NaN")]})
    assert ka.table(exact, "Exact").cells == (("0",), ("−1,234",), ("–",))


def test_a_loss_has_a_minus_sign_everywhere() -> None:
    assert number(-1234.5, ",.1f") == "−1,234.5"
    assert number(-3, ",") == "−3"
    assert number(3, ",", sign="+") == "+3"
    assert (percent(-0.126), percent(0.005, "g")) == ("−13 %", "0.5 %")
    exact = pd.DataFrame({"n": [Decimal("-2.50"), Decimal("1000.25")]})
    assert ka.table(exact, "Exact").cells == (("−2.50",), ("1,000.25",))


def test_captions_of_nothing_won_or_lost() -> None:
    rows = pd.DataFrame({"k": ["A", "B"], "p": [5.0, -5.0]})
    curve = ka.segmentation.whale_curve(rows, key="k", profit="p")
    assert "-0" not in repr(curve)
    assert "−0" not in repr(curve)
    assert repr(curve).splitlines()[0].endswith("together they lose 0")


def test_no_float_is_written_past_the_one_door() -> None:
    package = Path(ka.__file__).parent
    specs = {
        f"{path.relative_to(package)}:{node.lineno}": ast.unparse(node.format_spec)
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None
    }
    assert any("z" in spec for spec in specs.values())
    floats = {where: s for where, s in specs.items() if s.rstrip("'\"")[-1] in "eEfFgG%"}
    assert {where: s for where, s in floats.items() if "z" not in s} == {}
    for path in package.rglob("*.py"):
        assert "PercentFormatter" not in path.read_text(encoding="utf-8"), path


def test_no_rows() -> None:
    assert ka.table(ACCOUNTS.head(0), "None").cells == ()


def test_every_engine(engine: Engine) -> None:
    frame = pd.DataFrame({"name": ["A", "B", "C"], "share": [0.5, 0.3, 0.2]})
    shown = ka.table(engine.table(frame), "Shares", percent=["share"], rows=2)
    assert shown.cells == (("A", "50 %"), ("B", "30 %"))
    assert shown.note == "2 of 3 rows"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ColumnError, match="no column 'profit' to show"):
        ka.table(ACCOUNTS, "Accounts", columns=["profit"])


def test_nothing_is_a_dash_in_every_kind_of_column() -> None:
    gaps = pd.DataFrame(
        {
            "account_id": [7.0, None],  # a gap makes floats of whole numbers
            "count": pd.array([1, None], dtype="Int64"),
            "name": pd.array(["x", None], dtype="string"),
            "won": pd.array([True, None], dtype="boolean"),
            "share": [0.5, None],
        }
    )
    for frame in (gaps, gaps.convert_dtypes(dtype_backend="pyarrow")):
        shown = ka.table(frame, "Gaps", percent="share")
        assert shown.cells == (("7", "1", "x", "True", "50 %"), ("–",) * 5)


@pytest.mark.parametrize("thing", [[1, 2], None, ACCOUNTS["name"], 5, "a: 1"], ids=str)
def test_what_is_no_table(thing: object) -> None:
    with pytest.raises(DataError, match="is not a table that can be shown"):
        ka.table(thing, "Nothing")


def test_facts() -> None:
    facts = {"accounts": 1200, "share": "80 %", "since": None}
    shown = ka.table(facts, "Where we stand", columns=["question", "answer"])
    assert shown.labels == ("question", "answer")
    assert shown.cells == (("accounts", "1,200"), ("share", "80 %"), ("since", "–"))
    assert ka.table({"a": 1.5, "b": 2357}, "Numbers").cells == (("a", "1.50"), ("b", "2,357"))
    named = ka.table({2024: 1}, "Years", columns={"what": "year", "value": "orders"})
    assert named.labels == ("year", "orders")
    assert named.cells == (("2024", "1"),)
    assert ka.table({"a": 1}, "One").numeric == (False, True)


@pytest.mark.parametrize("headings", [["one"], ["a", "b", "c"], ["a", "a"], "abc"], ids=str)
def test_facts_have_two_headings(headings: list[str]) -> None:
    with pytest.raises(ColumnError, match="facts have two headings"):
        ka.table({"a": 1}, "Facts", columns=headings)


@pytest.mark.parametrize(
    "value", [[1, 2], [[1], [1, 2]], np.ones(2), {"b": 1}, {1}, pd.Series([1])], ids=str
)
def test_a_fact_has_one_value(value: object) -> None:
    with pytest.raises(DataError, match="the fact 'a' has several values"):
        ka.table({"a": value}, "Facts")


def test_names_that_cannot_be_shown() -> None:
    with pytest.raises(ColumnError, match="column 0: the name of a column is text"):
        ka.table(pd.DataFrame([[1, 2]]), "Numbers as names")
    with pytest.raises(ColumnError, match="rename the columns"):
        ka.table(pd.DataFrame([[1, 2]], columns=["a", "a"]), "Twice")
