"""Who came back: by hand, on every engine, with zeros for who did not."""

from __future__ import annotations

from typing import Any

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine, orders
from keyaccounts.errors import ColumnError, DataError, ParameterError

ORDERS = orders(
    ("C", "2026-02-01", 30.0),  # on the day itself: not after it
    ("A", "2026-02-02", 10.0),
    ("A", "2026-02-02", 5.0),  # a second line of the same order
    ("A", "2026-06-30", 20.0),  # the last day counts
    ("A", "2026-07-01", 99.0),  # too late
    ("D", "2026-03-01", -7.0),  # a refund is no return, but money
    ("E", "2026-04-01", 12.0),  # nobody asks about E
    ("F", "2026-04-01", 4.0),
    ("F", "2026-04-01", -4.0),  # ordered and canceled on one day: an order of zero
)
PERIOD = {"after": "2026-02-01", "until": "2026-06-30"}
BY_HAND = [
    ("A", True, 2, 35), ("B", False, 0, 0), ("C", False, 0, 0), ("D", False, 0, -7),
    ("F", True, 1, 0),
]  # fmt: skip
NAMED = ["D", "A", "C", "B", "F", "A"]


def test_by_hand(engine: Engine) -> None:
    found = ka.purchases.outcome(engine.table(ORDERS), NAMED, **PERIOD)
    assert engine.rows(found, "customer_id", "returned", "orders", "revenue") == BY_HAND


def test_customers_of_a_frame_of_the_same_kind(engine: Engine) -> None:
    named = engine.table(pd.DataFrame({"customer_id": NAMED, "kind": "driver"}))
    found = ka.purchases.outcome(engine.table(ORDERS), named, **PERIOD)
    assert engine.rows(found) == BY_HAND


def test_customers_of_a_column_and_days_as_days() -> None:
    named = pd.Series(NAMED, name="who", index=range(6, 0, -1))
    dated = ORDERS.assign(order_date=pd.to_datetime(ORDERS["order_date"]))
    found = ka.purchases.outcome(dated, named, **PERIOD)
    assert [*found.itertuples(index=False, name=None)] == BY_HAND


def test_numbers_as_names_and_columns_of_other_names(engine: Engine) -> None:
    rows = pd.DataFrame({"id": [7, 9, 7], "d": ["2026-03-01"] * 3, "v": [1.0, 2.0, 4.0]})
    found = ka.purchases.outcome(
        engine.table(rows), [8, 7], **PERIOD, customer="id", date="d", amount="v"
    )
    assert engine.rows(found) == [(7, True, 1, 5), (8, False, 0, 0)]


def test_nobody_ordered_in_the_period(engine: Engine) -> None:
    found = ka.purchases.outcome(
        engine.table(ORDERS), ["B", "A"], after="2027-01-01", until="2027-06-30"
    )
    assert engine.rows(found) == [("A", False, 0, 0), ("B", False, 0, 0)]


def test_it_agrees_with_summarize() -> None:
    log = ka.datasets.load("orders")
    year = log[log["order_date"].between("2025-07-01", "2026-06-30")]
    wanted = ka.purchases.summarize(year)
    found = ka.purchases.outcome(log, log, after="2025-06-30", until="2026-06-30")
    assert found["customer_id"].tolist() == sorted(log["customer_id"].unique())
    bought = found.merge(wanted, on="customer_id", suffixes=("", "_wanted"))
    assert len(bought) == len(wanted)
    assert (bought["orders"] == bought["orders_wanted"]).all()
    assert bought["revenue"].to_numpy() == pytest.approx(bought["revenue_wanted"].to_numpy())
    assert found["returned"].sum() == (wanted["orders"] > 0).sum()


@pytest.mark.parametrize(
    ("named", "changed", "error", "sentence"),
    [
        (["A"], {"until": "2026-02-01"}, ParameterError, "does not come after after=2026-02-01"),
        (["A"], {"after": "spring"}, ParameterError, "after='spring' is not a day"),
        ([1, 2], {}, DataError, "String values in orders= and Int64 values in customers="),
        ("A", {}, DataError, "customers='A': give a frame, a column of it, or a list"),
        (["A", None], {}, DataError, "column 'customer_id': missing in 1 of 2 rows"),
        (pd.DataFrame({"who": ["A"]}), {}, ColumnError, "no column 'customer_id'.*customers="),
    ],
)
def test_what_is_wrong_is_said(named: Any, changed: Any, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        ka.purchases.outcome(ORDERS, named, **{**PERIOD, **changed})
