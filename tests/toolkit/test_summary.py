"""Groups by hand: numbers, shares, means and rates, in order, on every engine."""

from __future__ import annotations

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError, DataError, ParameterError

ACCOUNTS = pd.DataFrame(
    {
        "kind": ["fleet", "driver", None, "driver", "driver"],
        "revenue": [900.0, 60.0, 100.0, 30.0, -90.0],
        "outlook": [4.0, 2.0, None, None, 3.0],
        "returned": pd.array([True, True, None, False, False], dtype="boolean"),
        "large": ["yes", "no", "unknown", "no", "no"],
    }
)


def listed(found: ka.summaries.Summary) -> list[tuple[object, ...]]:
    """Return the rows of the answer, missing as None."""
    return [
        tuple(None if value != value else value for value in row)
        for row in found.table.itertuples(index=False, name=None)
    ]


def test_by_hand(engine: Engine) -> None:
    found = ka.summary(
        engine.table(ACCOUNTS), by="kind", total="revenue", share="revenue",
        mean=["outlook", "returned"],
    )  # fmt: skip
    assert [*found.table] == [
        "kind", "customers", "revenue", "share of revenue", "mean outlook", "outlook known",
        "share returned", "returned known",
    ]  # fmt: skip
    assert listed(found) == [
        ("driver", 3, 0.0, 0.0, 2.5, 2, pytest.approx(1 / 3), 3),
        ("fleet", 1, 900.0, 0.9, 4.0, 1, 1.0, 1),
        ("unknown", 1, 100.0, 0.1, None, 0, None, 0),
    ]


def test_one_row_of_the_whole(engine: Engine) -> None:
    found = ka.summary(engine.table(ACCOUNTS), count="accounts", total="revenue", mean="large")
    assert [*found.table] == ["accounts", "revenue", "share large", "large known"]
    assert listed(found) == [(5, 1000.0, 0.25, 4)]


def test_two_columns_and_truth_as_words(engine: Engine) -> None:
    found = ka.summary(engine.table(ACCOUNTS), by=["returned", "kind"], count="n")
    assert listed(found) == [
        ("no", "driver", 2), ("yes", "driver", 1), ("yes", "fleet", 1), ("unknown", "unknown", 1),
    ]  # fmt: skip


def test_numbers_and_days_make_groups_and_the_unknown_one_of_its_own(engine: Engine) -> None:
    rows = engine.table(ACCOUNTS.assign(day=pd.to_datetime(["2026-02-01"] * 3 + [None] * 2)))
    assert listed(ka.summary(rows, by="outlook")) == [(2, 1), (3, 1), (4, 1), (None, 2)]
    assert ka.summary(rows, by="day").table["customers"].tolist() == [3, 2]


def test_whole_numbers_with_gaps_of_pandas_make_groups() -> None:
    rows = pd.DataFrame({"outlook": pd.array([5, None, 4, 5], dtype="Int64")})
    assert ka.summary(rows, by="outlook").table["customers"].tolist() == [1, 2, 1]


def test_categories_in_their_declared_order() -> None:
    sizes = pd.Categorical(["small", "large", "small"], ["small", "large"], ordered=True)
    found = ka.summary(pd.DataFrame({"size": sizes}), by="size")
    assert listed(found) == [("small", 2), ("large", 1)]


def test_sorted_by_a_heading_largest_first_and_ties_in_order() -> None:
    rows = pd.DataFrame({"kind": list("abc"), "paid": [0.3, 0.7, 0.1 + 0.2]})
    found = ka.summary(rows, by="kind", total={"paid": "revenue"}, sort="revenue", count=None)
    assert listed(found) == [("b", 0.7), ("a", 0.3), ("c", 0.3)]


def test_no_share_of_a_whole_that_is_not_above_zero() -> None:
    rows = pd.DataFrame({"kind": ["a", "b"], "profit": [5.0, -5.0]})
    assert listed(ka.summary(rows, by="kind", share="profit")) == [("a", 1, None), ("b", 1, None)]


def test_shown_with_digits_and_percent() -> None:
    rows = pd.DataFrame({"kind": ["a", "b"], "paid": [1234.56, 0.0], "discount": [0.125, 0.1]})
    asked = {"by": "kind", "total": "paid", "share": "paid", "mean": "discount"}
    assert repr(ka.summary(rows, "What they pay", **asked, percent="discount")) == (
        "What they pay\n\n"
        "kind  customers   paid  share of paid  mean discount\n"
        "a             1  1,235          100 %           12 %\n"
        "b             1      0            0 %           10 %"
    )
    some = ka.summary(rows, **asked, percent="discount", digits={"paid": 2, "mean discount": 1})
    assert repr(some) == (
        "2 customers by kind\n\n"
        "kind  customers      paid  share of paid  mean discount\n"
        "a             1  1,234.56          100 %         12.5 %\n"
        "b             1      0.00            0 %         10.0 %"
    )
    assert (
        "<caption>2 rows by kind</caption>"
        in ka.summary(rows, by="kind", total="paid", count=None, digits=1)._repr_html_()
    )


@pytest.mark.parametrize(
    ("asked", "error", "sentence"),
    [
        ({}, ParameterError, "^name one column or two with by="),
        ({"by": ["kind", "large", "returned"]}, ParameterError, "^name one column or two"),
        ({"by": "kinds"}, ColumnError, "no column 'kinds' .did you mean 'kind'"),
        ({"total": "outlook"}, DataError, "column 'outlook': missing or not finite in 2 of 5"),
        ({"mean": "kind"}, DataError, "column 'kind' holds [A-Z][a-z]+ values, not numbers"),
        ({"by": "kind", "sort": "revenue"}, ParameterError, "sort='revenue': choose one of 'cu"),
        ({"total": "revenue", "mean": {"outlook": "revenue"}}, ParameterError, "called 'revenue'"),
        ({"total": 5}, ParameterError, "total=5: give a list of columns"),
    ],
)
def test_what_is_wrong_is_said(asked: dict[str, object], error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        ka.summary(ACCOUNTS, **asked)


def test_no_rows_no_groups() -> None:
    assert ka.summary(ACCOUNTS.head(0), by="kind", total="revenue").table.empty
