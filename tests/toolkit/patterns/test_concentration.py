"""Concentration: who carries the total, by hand and by what must always hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Engine, installed
from hypothesis import assume, given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns import concentration
from keyaccounts.segmentation import (
    abc,
    gini,
    lorenz,
    pareto_interval,
    pareto_ratio,
    pareto_share,
    pyramid,
    whale_curve,
)

VALUES = [10, 50, 10, 20, 10]
# Sorted 10, 10, 10, 20, 50: a running total of 10, 20, 30, 50, 100.


def test_lorenz_by_hand() -> None:
    curve = lorenz(VALUES)
    assert curve["customer_share"].tolist() == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert curve["value_share"].tolist() == [0, 0.1, 0.2, 0.3, 0.5, 1]


def test_gini_by_hand() -> None:
    # Under that curve lie five strips: 0.2 × (0.05 + 0.15 + 0.25 + 0.4 + 0.75) = 0.32.
    assert gini(VALUES) == pytest.approx(1 - 2 * 0.32)
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    assert gini([7]) == 0


def test_gini_is_the_mean_difference_halved() -> None:
    # The other definition: mean |x − y| over all pairs, divided by twice the mean.
    values = np.array([3.0, 0, 8, 8, 1, 20])
    pairs = np.abs(values[:, None] - values[None, :]).mean()
    assert gini(values) == pytest.approx(pairs / (2 * values.mean()))


@pytest.mark.parametrize(
    ("top", "share"),
    # The number of customers is rounded up: 1, 1, 2, 2, 3, 5 of 5.
    [(0.01, 0.5), (0.2, 0.5), (0.2001, 0.7), (0.4, 0.7), (0.6, 0.8), (1, 1)],
)
def test_pareto_share_by_hand(top: float, share: float) -> None:
    assert pareto_share(VALUES, top) == pytest.approx(share)


def test_pareto_share_rounds_no_customer_in() -> None:
    # 0.07 × 100 is 7.000000000000001 to a machine, and still seven customers.
    assert pareto_share(range(1, 101), 0.07) == sum(range(94, 101)) / 5050


def test_pareto_share_with_losses() -> None:
    assert pareto_share([90, 30, -20]) == 0.9
    assert pareto_share([90, 30, -20], 0.5) == 1.2


def test_pareto_ratio_by_hand() -> None:
    assert pareto_ratio([60, 10, 10, 10, 10]) == pytest.approx((1 / 3, 2 / 3))
    assert pareto_ratio([80, 5, 5, 5, 5]) == pytest.approx((0.2, 0.8))  # on a corner of the curve
    assert pareto_ratio([1] * 10) == pytest.approx((0.5, 0.5))
    assert pareto_ratio([7]) == pytest.approx((0.5, 0.5))


def test_columns_of_tables(engine: Engine) -> None:
    table = engine.table(pd.DataFrame({"amount": VALUES, "text": "x"}))
    assert lorenz(table, value="amount")["value_share"].tolist() == [0, 0.1, 0.2, 0.3, 0.5, 1]
    assert pareto_share(table, value="amount") == 0.5
    assert gini(table, value="amount") == pytest.approx(0.36)
    assert pareto_ratio(table, value="amount") == pareto_ratio(VALUES)
    again = {"seed": 1, "resamples": 20}
    found = pareto_interval(table, value="amount", **again)
    assert found == pareto_interval(sorted(VALUES), **again)
    with pytest.raises(DataError, match="name the column to look at with value="):
        gini(table)
    with pytest.raises(DataError, match="column 'text' holds String values, not numbers"):
        gini(table, value="text")
    with pytest.raises(ColumnError, match="did you mean 'amount'"):
        gini(table, value="amounts")


def lists() -> list[Any]:
    found: list[Any] = [
        VALUES,
        tuple(VALUES),
        np.array(VALUES, dtype="int8"),
        np.array(VALUES, dtype="float32"),
        range(1, 4),
        [Decimal(v) for v in VALUES],
        [Fraction(v) for v in VALUES],
        pd.Series(VALUES, index=[3, 3, 1, 2, 0], name="amount"),
        pd.Series(VALUES, dtype="Int64"),
        pd.Series([Decimal(v) for v in VALUES]),
        pd.Index(VALUES),
        pa.chunked_array([VALUES[:2], VALUES[2:]]),
        pa.array(VALUES),
    ]
    if installed("polars"):
        import polars as pl

        found.append(pl.Series(VALUES))
    return found


@pytest.mark.parametrize("values", lists(), ids=lambda v: type(v).__module__ + type(v).__name__)
def test_lists_of_every_kind(values: Any) -> None:
    wanted = 0.5 if len(values) == 5 else 3 / 6
    assert pareto_share(values) == wanted


@pytest.mark.parametrize(
    "values",
    [
        ["1", "2"], [True, False], [1, "2"], [b"1"], [[1, 2], [3, 4]], 5, None, "12",
        [dt.date(2026, 1, 1)], np.array(["2026-01-01"], "datetime64[D]"), [1 + 2j], {1: 2},
        [[1], 2], pd.Series(["1", "2"]), pd.Series([True]), pa.array(["a"]), (v for v in [1, 2]),
    ],
    ids=lambda v: f"{type(v).__name__} {v!r}"[:24].split(" at ")[0],
)  # fmt: skip
def test_what_is_no_list_of_numbers(values: Any) -> None:
    with pytest.raises(DataError, match=r"not (a list of )?numbers|is not a table"):
        pareto_share(values)


@pytest.mark.parametrize("measure", [pareto_share, gini, lorenz, pareto_ratio])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "no rows: there is nothing to measure"),
        ([1, np.nan, np.inf], r"'values': missing or not finite in 2 of 3 rows: row 1, 2 "),
        ([1, None], "'values': missing or not finite in 1 of 2 rows"),
        (pd.Series([1, None], dtype="Int64"), "'values': missing or not finite in 1 of 2 rows"),
        ([0, 0, 0], "add up to 0.00: a share of a total needs a total above zero"),
    ],
    ids=str,
)
def test_values_that_cannot_be_shared_out(measure: Any, values: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        measure(values)


def test_missing_values_are_told_with_their_column(engine: Engine) -> None:
    table = engine.table(pd.DataFrame({"amount": [1.0, None, 3.0]}))
    with pytest.raises(DataError, match="column 'amount': missing or not finite in 1 of 3 rows"):
        pareto_share(table, value="amount")
    with pytest.raises(DataError, match="no rows"):
        pareto_share(engine.table(pd.DataFrame({"amount": [1.0]}).head(0)), value="amount")


@pytest.mark.parametrize("measure", [gini, lorenz, pareto_ratio])
def test_losses_have_no_lorenz_curve(measure: Any) -> None:
    with pytest.raises(DataError, match=r"2 values are negative.*whale_curve"):
        measure([5, -1, -2])


def test_a_total_that_is_zero_but_for_rounding() -> None:
    for values in ([0.3, -0.1, -0.2], [0.1, 0.2, -0.3], [1e9, 0.1, -1e9, -0.1]):
        with pytest.raises(DataError, match=r"add up to 0.00"):
            pareto_share(values)


@pytest.mark.parametrize("measure", [pareto_share, gini, lorenz, pareto_ratio])
def test_values_too_large_to_add_up(measure: Any) -> None:
    with pytest.raises(
        DataError, match=r"above all in row 1 \(counting from 0\), are too large to"
    ):
        measure([1.0, 1.7e308, 1e308])
    values = [v * 2.0**1016 for v in VALUES]  # their total still is a number
    assert np.asarray(measure(values)) == pytest.approx(np.asarray(measure(VALUES)))


def test_an_interval_of_large_values() -> None:
    values = [v * 2.0**1016 for v in VALUES]
    assert pareto_interval(values, seed=1) == pareto_interval(VALUES, seed=1)


def test_totals_too_large_to_add_up(engine: Engine) -> None:
    rows = pd.DataFrame({"account": list("ABAC"), "amount": [1.0, 1e308, 2.0, -1e308]})
    for method in (abc, pyramid):
        with pytest.raises(
            DataError, match=r"'amount': too large .* in 2 of 4 rows: .* is -?1e\+308"
        ):
            method(engine.table(rows), key="account", value="amount")
    with pytest.raises(DataError, match="or give all in a larger unit"):
        whale_curve(engine.table(rows), key="account", profit="amount")


@pytest.mark.parametrize("top", [0, -0.2, 20, 1.01, float("nan"), "a fifth", None, True])
def test_top_that_is_no_share(top: Any) -> None:
    with pytest.raises(ParameterError, match="top="):
        pareto_share(VALUES, top)


def test_top_in_percent_gets_a_hint() -> None:
    with pytest.raises(ParameterError, match=r"write 0\.2 for 20 %"):
        pareto_share(VALUES, 20)


# ----------------------------------------------------------------------------------- intervals


def test_interval_says_how_sure() -> None:
    chance = np.random.default_rng(4)
    values = chance.lognormal(3, 1.2, 400)
    low, high = pareto_interval(values, seed=1)
    assert low < pareto_share(values) < high
    less = pareto_interval(values, seed=1, confidence=0.5)
    assert low < less.low < less.high < high
    few = pareto_interval(values[:40], seed=1)
    assert few.high - few.low > high - low


def test_interval_is_that_of_plain_resampling() -> None:
    values = np.array([5.0, 40, 10, 1, 20, 3, 3, 90])
    chance, shares = np.random.default_rng(9), []
    for _ in range(200):
        draw = np.sort(np.sort(values)[::-1][chance.integers(0, 8, 8)])[::-1]
        shares.append(draw[:2].sum() / draw.sum())
    by_hand = np.quantile(shares, [0.05, 0.95])
    found = pareto_interval(values, seed=9, confidence=0.9, resamples=200)
    assert found == pytest.approx(tuple(by_hand))


def test_interval_repeats_with_its_seed() -> None:
    values = [v**2 for v in range(1, 40)]
    once = pareto_interval(values, seed=3, resamples=50)
    assert once == pareto_interval(values[::-1], seed=3, resamples=50)
    assert once != pareto_interval(values, seed=4, resamples=50)


def test_interval_where_a_draw_can_add_up_to_nothing() -> None:
    for values in ([1, 0, 0], [5, -1, -2]):
        with pytest.raises(DataError, match=r"of 1,000 redraws the values add up to no total"):
            pareto_interval(values, seed=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": 1, "resamples": 0}, "resamples=0: give a whole number of 1 or more"),
        ({"seed": 1, "confidence": 1}, "confidence=1"),
        ({"seed": 1, "top": 2}, "top=2"),
        ({"seed": -1}, "seed=-1: give a whole number of 0 or more"),
        ({"seed": "one"}, "seed='one'"),
    ],
)
def test_interval_refuses_nonsense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        pareto_interval(VALUES, **arguments)


# --------------------------------------------------------------------------- what always holds

AMOUNTS = st.lists(st.floats(0, 1e6).map(lambda v: round(v, 2)), min_size=1, max_size=60)


@given(AMOUNTS)
def test_lorenz_sags(values: list[float]) -> None:
    assume(sum(values) > 0)
    curve = lorenz(values)["value_share"].to_numpy()
    steps = np.diff(curve)
    assert curve[0] == 0
    assert curve[-1] == 1
    assert (steps >= 0).all()
    assert (np.diff(steps) >= -1e-12).all()
    area = (curve[1:] + curve[:-1]).sum() / 2 / len(values)
    assert gini(values) == pytest.approx(1 - 2 * area, abs=1e-9)
    assert -1e-12 <= gini(values) <= (len(values) - 1) / len(values) + 1e-12


@given(AMOUNTS, st.floats(1e-3, 1e3))
def test_concentration_has_no_currency_and_no_order(values: list[float], rate: float) -> None:
    assume(sum(values) > 0)
    other = [v * rate for v in reversed(values)]
    assert gini(other) == pytest.approx(gini(values), abs=1e-9)
    assert pareto_share(other) == pytest.approx(pareto_share(values))
    assert pareto_ratio(other) == pytest.approx(pareto_ratio(values), abs=1e-9)


@given(AMOUNTS, st.floats(0.01, 1), st.floats(0.01, 1))
def test_more_customers_bring_more(values: list[float], one: float, other: float) -> None:
    assume(sum(values) > 0)
    few, many = sorted((one, other))
    assert pareto_share(values, few) <= pareto_share(values, many) + 1e-12
    assert pareto_share(values, few) >= few - 1e-12
    assert pareto_share(values, 1) == pytest.approx(1)


@given(AMOUNTS)
def test_the_ratio_lies_on_the_curve(values: list[float]) -> None:
    assume(sum(values) > 0)
    people, brought = pareto_ratio(values)
    assert people + brought == pytest.approx(1)
    assert 0 <= people <= 0.5 + 1e-9
    curve = lorenz(values)
    at = np.interp(1 - people, curve["customer_share"], curve["value_share"])
    assert 1 - at == pytest.approx(brought, abs=1e-9)


# ----------------------------------------------------------------------------------- rankings


def test_ranking_by_hand(engine: Engine) -> None:
    sales = pd.DataFrame(
        {"account": ["C", "A", "B", "A", "D"], "amount": [5.0, 1.0, 5.0, 4.0, -2.0]}
    )
    found = concentration.rank(engine.table(sales), key="account", value="amount")
    assert found.values.tolist() == [5, 5, 5, -2]  # equal totals in order of the key
    assert found.frame["key"].to_list() == ["A", "B", "C", "D"]


def test_a_table_with_a_doubled_name_beside_the_column_serves() -> None:
    rows = pd.DataFrame([[1.0, 2.0, 3.0], [1.0, 6.0, 3.0]], columns=["note", "amount", "note"])
    assert pareto_share(rows, value="amount", top=0.5) == 0.75
    assert gini(rows, value="amount") == 0.25


def test_what_cannot_be_shared_out_is_named_with_its_column_and_row() -> None:
    rows = pd.DataFrame({"cust": list("abc"), "profit": [1.0, -2.0, -3.0]})
    said = r"^column 'profit': 2 values are negative, first in row 1 \(counting from 0\)"
    for method in (gini, lorenz):
        with pytest.raises(DataError, match=said):
            method(rows, value="profit")
    with pytest.raises(DataError, match=r"^column 'profit': the values add up to -4\.00"):
        pareto_share(rows, value="profit")


def test_the_top_is_one_customer_at_least() -> None:
    assert pareto_share([5, 3, 2], top=1e-12) == 0.5


def test_an_interval_is_of_the_share_that_was_asked_for() -> None:
    found = [9.0, 7.0, 5.0, 3.0, 1.0] * 20
    low, high = pareto_interval(found, 0.4, seed=1)
    assert low < pareto_share(found, 0.4) < high
    assert not low < pareto_share(found, 0.2) < high
