"""Composite grades by hand, at the cuts, and with unknown indicators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.segmentation import composite_grade

ACCOUNTS = pd.DataFrame(
    {
        "account": ["C", "A", "B", "E", "D"],
        "order_value": [0.0, 10.0, 8.0, np.nan, 6.0],
        "profit": [0.0, 5.0, 4.0, np.nan, 3.0],
        "credit": [40.0, 0.0, 8.0, np.nan, 16.0],
        "prospects": [1.0, 1.0, 1.0, np.nan, np.nan],
    }
)
OPTIONS = {"key": "account", "weights": [2, 2, 1, 0], "reverse": ["credit"]}
# Shares 0.4, 0.4, 0.2, 0; credit counts days late. Min-max: A 1, 1, 1; B 0.8 three times: exactly
# on the cut of A; D 0.6 three times, prospects unknown but without weight; C 0 three times.


def test_by_hand(engine: Engine) -> None:
    found = composite_grade(engine.table(ACCOUNTS), **OPTIONS)
    assert engine.rows(found.table) == [
        ("A", 1, "A", 1, "", ""),
        ("B", 0.8, "A", 1, "", "order_value"),
        ("C", 0, "D", 1, "", "order_value"),
        ("D", 0.6, "B", 1, "prospects", "order_value"),
        ("E", None, "unknown", 0, "order_value, profit, credit, prospects", ""),
    ]
    assert dict(found.counts[["grade", "customers"]].to_numpy()) == {
        "A": 2, "B": 1, "C": 0, "D": 1, "unknown": 1
    }  # fmt: skip
    assert found.counts["share"].tolist() == [0.4, 0.2, 0, 0.2, 0.2]


def test_alike_is_half_and_unknown_weight_goes_to_the_others() -> None:
    found = composite_grade(ACCOUNTS, key="account", reverse=["credit"])
    # B: (0.8·3 + 0.5)/4 = 0.725; D: 0.6 of three quarters
    scores = found.table.set_index("account")["score"]
    assert (scores["B"], scores["D"]) == pytest.approx((0.725, 0.6))
    assert found.table.set_index("account")["coverage"]["D"] == 0.75


def test_own_indicators_and_grades() -> None:
    found = composite_grade(
        ACCOUNTS, key="account", indicators={"sales": "order_value"}, grades={"top": 0.7, "rest": 0}
    )
    assert found.table["grade"].tolist() == ["top", "top", "rest", "rest", "unknown"]
    assert [*found.card.weights] == ["sales"]


def test_grades_as_pairs(engine: Engine) -> None:
    pairs = [(0.8, "A"), (0.6, "B"), (0.4, "C"), (0, "D")]
    found = composite_grade(engine.table(ACCOUNTS), **OPTIONS, grades=pairs)
    grades = [grade for (grade,) in engine.rows(found.table, "grade")]
    assert grades == ["A", "A", "D", "B", "unknown"]
    assert found.grades == {"A": 0.8, "B": 0.6, "C": 0.4, "D": 0}


def test_no_reverse() -> None:
    one, other = (composite_grade(ACCOUNTS, key="account", reverse=r) for r in (None, ()))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_sensitivity_comes_along() -> None:
    assert composite_grade(ACCOUNTS, **OPTIONS).sensitivity.largest_move == 0
    assert composite_grade(ACCOUNTS.head(1), **OPTIONS).sensitivity is None


def test_nobody(engine: Engine) -> None:
    found = composite_grade(engine.table(ACCOUNTS.head(0)), **OPTIONS)
    assert engine.rows(found.table) == []
    assert found.counts["customers"].sum() == 0


@given(
    st.lists(st.tuples(*[st.integers(0, 50)] * 4), min_size=2, max_size=8),
    st.sampled_from([0.01, 7, 1000]),
)
def test_money_in_any_currency(values: Any, rate: float) -> None:
    names = ["order_value", "profit", "credit", "prospects"]
    rows = pd.DataFrame(values, columns=names, dtype=float).assign(account=range(len(values)))
    other = rows.assign(order_value=rows["order_value"] * rate, profit=rows["profit"] * rate)
    one, two = (composite_grade(r, key="account") for r in (rows, other))
    assert one.table["grade"].tolist() == two.table["grade"].tolist()
    assert one.counts["customers"].sum() == len(values)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"grades": {"A": 0.5, "B": 0.8}}, ParameterError, "falling lowest scores"),
        ({"grades": {"A": 0.5}}, ParameterError, "the last 0"),
        ({"grades": {"A": 80, "B": 0}}, ParameterError, "falling lowest scores"),
        ({"grades": {1: 0.5, 2: 0}}, ParameterError, "falling lowest scores"),
        ({"reverse": "credit"}, ParameterError, "reverse='credit': give a list"),
        ({"indicators": []}, ParameterError, r"indicators=\[\]: name a column or more"),
        ({"unknown": "error"}, DataError, "'prospects' of 'D' is missing: fill it in"),
        ({"unknown": "zero"}, ParameterError, "'renormalize', 'error'"),
        ({"indicators": ["profitt"]}, ColumnError, "did you mean 'profit'"),
    ],
)
def test_bad_arguments(change: dict[str, Any], error: type, said: str) -> None:
    given = {**OPTIONS, **change}
    if "indicators" in change:
        given |= {"weights": None, "reverse": []}
    with pytest.raises(error, match=said):
        composite_grade(ACCOUNTS, **given)


def test_shows_itself() -> None:
    found = composite_grade(ACCOUNTS, **OPTIONS)
    assert repr(found).startswith("Grades: 2 A, 1 B, 0 C, 1 D, 1 unknown")
    assert "<table>" in found._repr_html_()


def test_a_score_on_a_border_that_no_decimal_writes_gets_the_better_grade() -> None:
    rows = pd.DataFrame({"k": list("ABC"), "a": [0, 1, 3]})
    borders = {"A": 2 / 3, "B": 1 / 3, "C": 0}
    found = composite_grade(rows, key="k", indicators=["a"], grades=borders)
    assert found.table["grade"].tolist() == ["C", "B", "A"]


def test_equal_scores_stay_equal_when_a_weight_moves() -> None:
    rows = pd.DataFrame({"k": list("ABCDE"), "x": [9, 0, 5, 6, 4], "y": [3, None, 6, None, 5]})
    found = composite_grade(rows, key="k", indicators=["x", "y"]).sensitivity
    # with x counting 1.2, A and E score 6/11 each: of five ranks, one pair of neighbors is tied
    more = found.table[(found.table["item"] == "x") & (found.table["change"] > 0)]
    assert more["spearman"].tolist() == pytest.approx([0.9747], abs=5e-5)
