"""What a change for the least profitable accounts would do, worked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation import tail_scenario

COLUMNS = {"key": "account", "revenue": "revenue", "margin": "margin", "cost_to_serve": "cost"}
ACCOUNTS = pd.DataFrame(
    {
        "account": ["D", "A", "B", "C", "C"],
        "revenue": [100.0, 1000.0, 500.0, 200.0, 100.0],
        "margin": [30.0, 300.0, 150.0, 60.0, 30.0],
        "cost": [90.0, 100.0, 110.0, 70.0, 40.0],
    }
)
GOOD = [("A", 200, 200, True), ("B", 40, 40, True)]
# profits: A 200, B 40, C 90 − 110 = −20, D −60; together 160


@pytest.mark.parametrize(
    ("action", "strength", "by_hand"),
    [
        # D and C are the worst two
        ("leave", 0.5, [*GOOD, ("C", -20, 0, False), ("D", -60, 0, False)]),
        ("serve leaner", 0.5, [*GOOD, ("C", -20, 35, True), ("D", -60, -15, True)]),
        ("raise price", 0.1, [*GOOD, ("C", -20, 10, True), ("D", -60, -50, True)]),
    ],
)  # fmt: skip
def test_by_hand(engine: Engine, action: str, strength: float, by_hand: list) -> None:
    table = engine.table(ACCOUNTS)
    found = tail_scenario(table, **COLUMNS, worst=2, action=action, strength=strength)
    rows = engine.rows(found.table, "account", "profit_before", "profit_after", "kept")
    assert [tuple(row) for row in rows] == by_hand
    assert found.before == 160
    assert found.after == pytest.approx(sum(row[2] for row in by_hand))
    assert found.gain == pytest.approx(found.after / 160 - 1)


def test_nobody_is_affected_by_a_change_for_none() -> None:
    found = tail_scenario(ACCOUNTS, **COLUMNS, worst=0, action="leave")
    assert not found.table["affected"].any()
    assert found.gain == 0


def test_ties_are_taken_in_order_of_the_account() -> None:
    alike = ACCOUNTS.head(1).merge(pd.DataFrame({"account": ["Z", "Y", "X"]}), how="cross")
    alike = alike.drop(columns="account_x").rename(columns={"account_y": "account"})
    found = tail_scenario(alike, **COLUMNS, worst=1, action="leave")
    assert found.table.loc[found.table["affected"], "account"].tolist() == ["X"]


def test_gain_has_no_meaning_without_a_profit_before() -> None:
    found = tail_scenario(ACCOUNTS.head(1), **COLUMNS, worst=1, action="raise price", strength=1)
    assert (found.before, found.after) == (-60, 40)
    assert math.isnan(found.gain)


def test_a_profit_that_is_zero_but_for_rounding_is_zero(engine: Engine) -> None:
    rows = {"account": list("xyz"), "revenue": 1.0, "margin": [0.1, 0.2, -0.3], "cost": 0.0}
    found = tail_scenario(engine.table(pd.DataFrame(rows)), **COLUMNS, worst=1, action="leave")
    assert (found.before, found.after) == (0, pytest.approx(0.3))
    assert math.isnan(found.gain)


def test_shows_itself() -> None:
    found = tail_scenario(ACCOUNTS, **COLUMNS, worst=1, action="leave")
    assert repr(found).startswith("Profit 160 before and 220 after the change")
    assert "<table>" in found._repr_html_()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"worst": 5}, ParameterError, "only 4 accounts"),
        ({"worst": -1}, ParameterError, "worst=-1"),
        ({"action": "shout"}, ParameterError, "'leave', 'serve leaner', 'raise price'"),
        ({"strength": 50}, ParameterError, "write 0.5 for 50 %"),
    ],
)
def test_bad_arguments(change: dict, error: type, said: str) -> None:
    given = {**COLUMNS, "worst": 1, "action": "leave", **change}
    with pytest.raises(error, match=said):
        tail_scenario(ACCOUNTS, **given)


def test_bad_rows() -> None:
    with pytest.raises(DataError, match="no rows"):
        tail_scenario(ACCOUNTS.head(0), **COLUMNS, worst=0, action="leave")


def test_equal_profits_of_unequal_sums_are_ties() -> None:
    rows = pd.DataFrame(
        {"k": ["A", "B"], "revenue": 1.0, "margin": [1000000.3, 500000.4],
         "cost": [1000000.1, 500000.2]}
    )  # fmt: skip
    found = tail_scenario(
        rows, key="k", revenue="revenue", margin="margin", cost_to_serve="cost", worst=1,
        action="leave",
    ).table  # fmt: skip
    assert found["affected"].tolist() == [True, False]  # the first in order of the key
    assert found["profit_before"].tolist() == [0.2, 0.2]
